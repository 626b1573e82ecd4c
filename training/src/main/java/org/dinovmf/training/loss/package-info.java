/** The teacher's targets and the loss over pairs of crops. */
package org.dinovmf.training.loss;
