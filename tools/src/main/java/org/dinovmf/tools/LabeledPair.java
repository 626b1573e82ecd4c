package org.dinovmf.tools;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.tools.features.FeatureStore;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.eval.LabeledFeatures;

/**
 * Features to learn from and to test on.
 *
 * @param classes names; the position is the label
 * @param trainPaths name of each image to learn from
 */
record LabeledPair(
    List<String> classes, List<String> trainPaths, LabeledFeatures train, LabeledFeatures test) {

  LabeledPair {
    classes = List.copyOf(classes);
    trainPaths = List.copyOf(trainPaths);
  }

  /** Of the square that the encoder is evaluated with, in one kind of features. */
  static LabeledPair of(
      EvaluationOptions options, EmbedConfig config, LabeledSets sets, FeatureKind kind)
      throws IOException {
    List<String> classes = sets.classes();
    Map<String, Integer> numbers = LabeledSets.numbers(classes);
    FeatureStore store = options.open(config);
    try (Encoder encoder = store.encoder()) {
      Framing framing = new Framing.Evaluation(encoder.spec().transform());
      LabeledRows train =
          LabeledRows.of(store, sets.train(), numbers, kind, framing, "--train", options.err());
      LabeledRows test =
          LabeledRows.of(store, sets.test(), numbers, kind, framing, "--val", options.err());
      return new LabeledPair(classes, train.paths(), train.features(), test.features());
    }
  }
}
