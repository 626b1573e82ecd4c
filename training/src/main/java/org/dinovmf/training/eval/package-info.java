/** Evaluation protocols over feature arrays, blind to where these come from. */
package org.dinovmf.training.eval;
