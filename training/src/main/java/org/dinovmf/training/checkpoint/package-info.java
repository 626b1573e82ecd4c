/** Saving a run so that nothing is lost, and going on from it. */
package org.dinovmf.training.checkpoint;
