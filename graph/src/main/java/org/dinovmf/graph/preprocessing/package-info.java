/**
 * From images to the input of an encoder, as ops: the one path that evaluation during training,
 * exported models and the tools share.
 */
package org.dinovmf.graph.preprocessing;
