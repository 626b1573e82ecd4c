package org.dinovmf.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/**
 * Weights of a linear layer.
 *
 * @param weight {@code [in, out]}
 * @param bias {@code [out]}
 */
public record Affine<T extends TFloating>(Operand<T> weight, Operand<T> bias) {}
