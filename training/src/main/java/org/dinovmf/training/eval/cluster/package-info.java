/** How well clusters agree with classes. */
package org.dinovmf.training.eval.cluster;
