/** Linear classifiers of frozen features: by stochastic descent, and to the exact optimum. */
package org.dinovmf.training.eval.linear;
