/** Evaluation protocols over features, blind to where these come from. */
package org.dinovmf.training.eval;
