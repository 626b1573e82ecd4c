package org.dinovmf.savedmodel;

import java.util.List;
import java.util.Map;
import org.dinovmf.graph.TokensInDetail;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The endpoint of a linear classifier: softmax of features times weights plus bias.
 *
 * <p>Its weights are constants of the graph, as the checkpoint of the encoder has none of them.
 */
final class ClassifierEndpoint {

  private ClassifierEndpoint() {}

  static Endpoint of(
      Ops tf, LinearClassifier classifier, EncoderSpec spec, EncoderEndpoints encoder) {
    classifier.requireFits(spec);
    Ops scope = tf.withSubScope("classifier");
    Operand<TFloat32> weights = // [classes, dim]
        scope.constant(StdArrays.ndCopyOf(classifier.weights()));
    Operand<TFloat32> logits = // [batch, classes]
        scope.math.add(
            scope.linalg.matMul(
                features(scope, classifier.features(), encoder.detail()),
                weights,
                MatMul.transposeB(true)),
            scope.constant(classifier.bias()));
    Operand<TFloat32> probabilities =
        tf.withName(Signatures.PROBABILITIES).identity(scope.nn.softmax(logits));
    Operand<TString> names = scope.array(classifier.classes().toArray(String[]::new));
    return new Endpoint(
        Ability.CLASSIFY,
        Map.of(Signatures.PIXELS, encoder.pixels()),
        Map.of(
            Signatures.PROBABILITIES,
            probabilities,
            Signatures.CLASSES,
            tf.withName(Signatures.CLASSES)
                .broadcastTo(names, scope.shape(probabilities)))); // [batch, classes]
  }

  /** {@code [batch, dim]}. */
  private static Operand<TFloat32> features(
      Ops tf, LinearClassifier.Features features, TokensInDetail<TFloat32> detail) {
    if (features instanceof LinearClassifier.Features.ClassTokens tokens) {
      List<Operand<TFloat32>> all = detail.clsOfBlocks();
      if (tokens.blocks() == 1) { // which the op does not take
        return all.get(all.size() - 1);
      }
      return tf.concat(all.subList(all.size() - tokens.blocks(), all.size()), tf.constant(1));
    }
    Operand<TFloat32> mean = tf.math.mean(detail.tokens().patches(), tf.constant(1));
    return tf.concat(List.of(detail.tokens().cls(), mean), tf.constant(1));
  }
}
