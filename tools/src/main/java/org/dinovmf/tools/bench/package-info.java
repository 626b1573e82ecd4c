/** Times of what a run does. */
package org.dinovmf.tools.bench;
