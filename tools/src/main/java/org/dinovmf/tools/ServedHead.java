package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.EncoderSpec;
import org.dinovmf.savedmodel.LinearClassifier;
import org.dinovmf.savedmodel.LinearClassifier.Features;
import org.dinovmf.tools.config.ConfigException;
import org.dinovmf.tools.embed.TestPattern;
import org.dinovmf.tools.features.FeatureKind;
import org.dinovmf.training.eval.linear.LinearHead;
import org.dinovmf.training.weights.LinearHeadFile;
import org.dinovmf.training.weights.SavedHead;

/** The head of {@code eval linear} as the classifier of an exported model. */
final class ServedHead {

  private static final int ALL_CORES = 0;

  private ServedHead() {}

  /**
   * Reads a head.
   *
   * @throws ConfigException if it was trained on another encoder or does not fit this one, or if it
   *     is of features that no signature makes
   */
  static LinearClassifier of(Path file, CheckpointSource source) throws IOException {
    SavedHead saved = LinearHeadFile.read(file);
    LinearClassifier classifier = classifier(file, saved.head(), source.spec());
    try (Encoder encoder = Encoder.fromCheckpoint(source, ALL_CORES)) {
      if (!TestPattern.isSame(saved.testEmbedding(), TestPattern.embedding(encoder))) {
        throw fault(
            "--head must be trained on the features of this encoder, but '%s' is of another encoder; train it on this run"
                .formatted(file));
      }
    }
    return classifier;
  }

  private static LinearClassifier classifier(Path file, LinearHead head, EncoderSpec spec) {
    try {
      LinearClassifier classifier =
          new LinearClassifier(
              features(FeatureKind.parse(head.features())),
              head.weights(),
              head.bias(),
              head.classes());
      classifier.requireFits(spec);
      return classifier;
    } catch (IllegalArgumentException e) {
      throw fault("--head '%s': %s; train it on this run".formatted(file, e.getMessage()));
    }
  }

  private static Features features(FeatureKind kind) {
    if (kind instanceof FeatureKind.ClassToken) {
      return new Features.ClassTokens(1);
    }
    if (kind instanceof FeatureKind.ClassTokens tokens) {
      return new Features.ClassTokens(tokens.blocks());
    }
    if (kind instanceof FeatureKind.ClassAndMean) {
      return new Features.ClassAndMean();
    }
    throw fault(
        "--head must be of features cls, cls-N or cls-mean to be served, but is of '%s'; train it with one of these --features"
            .formatted(kind.label()));
  }

  private static ConfigException fault(String line) {
    return new ConfigException(List.of(line));
  }
}
