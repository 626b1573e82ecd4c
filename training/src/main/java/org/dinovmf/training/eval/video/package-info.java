/** Objects followed through a video by features of its patches, and how well. */
package org.dinovmf.training.eval.video;
