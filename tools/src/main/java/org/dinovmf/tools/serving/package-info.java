/** Files that servers of models want beside a model. */
package org.dinovmf.tools.serving;
