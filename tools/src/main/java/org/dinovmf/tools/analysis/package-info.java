/** What the commands of {@code analyze} say of a run. */
package org.dinovmf.tools.analysis;
