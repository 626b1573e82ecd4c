package org.dinovmf.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * What an encoder gives, after its last LayerNorm.
 *
 * @param all {@code [batch, 1 + patches, dim]}, the class token first
 * @param cls {@code [batch, dim]}
 * @param patches {@code [batch, patches, dim]}, in rows from the top
 */
public record Tokens<T extends TFloating>(Operand<T> all, Operand<T> cls, Operand<T> patches) {}
