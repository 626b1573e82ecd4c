/** Embeddings of folders of images, in files that other programs read. */
package org.dinovmf.tools.embed;
