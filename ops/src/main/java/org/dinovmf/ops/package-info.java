/**
 * Functions from operands to operands: the layers of a network, the von Mises-Fisher normalizer and
 * declared gradients. Nothing here knows of a session, a variable or a file.
 */
package org.dinovmf.ops;
