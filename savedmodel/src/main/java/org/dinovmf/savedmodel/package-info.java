/** Export of a trained encoder as a SavedModel, and its use from Java. */
package org.dinovmf.savedmodel;
