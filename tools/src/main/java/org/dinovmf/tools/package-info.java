/** The command line: reads arguments, calls the library, prints. */
package org.dinovmf.tools;
