/** Values of the von Mises-Fisher distribution for a file of points. */
package org.dinovmf.tools.vmf;
