/** Weights of other programs: reading and writing their files, and mapping their names to ours. */
package org.dinovmf.training.weights;
