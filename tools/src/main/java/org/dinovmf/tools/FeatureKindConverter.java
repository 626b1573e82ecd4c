package org.dinovmf.tools;

import org.dinovmf.tools.features.FeatureKind;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a kind of features from an option. */
final class FeatureKindConverter implements ITypeConverter<FeatureKind> {

  @Override
  public FeatureKind convert(String label) {
    try {
      return FeatureKind.parse(label);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
