package org.dinovmf.tools;

import java.util.Arrays;
import org.dinovmf.tools.features.PooledTokens;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code cls} and {@code mean-patch}. */
final class PooledTokensConverter implements ITypeConverter<PooledTokens> {

  @Override
  public PooledTokens convert(String label) {
    return Arrays.stream(PooledTokens.values())
        .filter(pooled -> pooled.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "must be one of %s, but is '%s'"
                        .formatted(
                            Arrays.stream(PooledTokens.values()).map(PooledTokens::label).toList(),
                            label)));
  }
}
