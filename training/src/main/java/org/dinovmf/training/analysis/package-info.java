/** What a trained head and its embeddings look like, on arrays, blind to where they come from. */
package org.dinovmf.training.analysis;
