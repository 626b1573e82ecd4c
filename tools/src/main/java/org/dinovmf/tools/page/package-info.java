/** Pages of one file each that need no network: what a run, or several, came to. */
package org.dinovmf.tools.page;
