/** Search for images by an image: how early the right ones come. */
package org.dinovmf.training.eval.retrieval;
