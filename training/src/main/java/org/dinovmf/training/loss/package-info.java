/** Formulas of the teacher's targets and of the terms of the loss. */
package org.dinovmf.training.loss;
