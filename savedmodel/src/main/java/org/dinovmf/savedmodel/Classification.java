package org.dinovmf.savedmodel;

import java.util.List;

/**
 * What the classifier of a model takes images for.
 *
 * @param classes names
 * @param probabilities {@code [batch][classes]}, of a row 1 together
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once
public record Classification(List<String> classes, float[][] probabilities) {

  public Classification {
    classes = List.copyOf(classes);
  }
}
