package org.dinovmf.savedmodel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** Loads an exported model and checks that it is called by the names that are called here. */
final class EncoderLoader {

  /** What every version of this program exported. */
  private static final List<Ability> REQUIRED = List.of(Ability.FILES, Ability.PIXELS);

  private static final int PIXEL_AXES = 4;

  private EncoderLoader() {}

  /**
   * Loads one version.
   *
   * @param threads as for {@link Encoder#load(Path, int)}
   * @return the model, which the caller closes
   */
  static SavedModelBundle load(Path version, int threads) throws IOException {
    try {
      return SavedModelBundle.loader(version.toString())
          .withTags(Signatures.TAG)
          .withConfigProto(SessionSettings.config(threads))
          .load();
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw new IOException(
          "model '%s' cannot be loaded: %s".formatted(version, Lines.first(e)), e);
    }
  }

  /**
   * The signatures of a model by what they are for.
   *
   * @param found by name
   * @throws IOException if it is no encoder, or a signature lacks an input or output
   */
  static Map<Ability, SignatureDef> signatures(Path version, Map<String, SignatureDef> found)
      throws IOException {
    if (!REQUIRED.stream().map(Ability::key).allMatch(found::containsKey)) {
      throw new IOException(
          "model '%s' must have the signatures '%s' and '%s' of an encoder, but has %s"
              .formatted(
                  version,
                  Signatures.SERVING_DEFAULT,
                  Signatures.FROM_PIXELS,
                  new TreeSet<>(found.keySet())));
    }
    TensorShapeProto pixels =
        found
            .get(Ability.PIXELS.key())
            .getInputsOrDefault(Signatures.PIXELS, TensorInfo.getDefaultInstance())
            .getTensorShape();
    Map<Ability, SignatureDef> signatures = new EnumMap<>(Ability.class);
    for (Ability ability : Ability.exported()) {
      if (found.containsKey(ability.key())) {
        SignatureDef signature = found.get(ability.key());
        require(version, ability, "inputs", ability.inputs(), signature.getInputsMap().keySet());
        require(version, ability, "outputs", ability.outputs(), signature.getOutputsMap().keySet());
        signatures.put(ability, signature);
      }
    }
    if (pixels.getUnknownRank() || pixels.getDimCount() != PIXEL_AXES) {
      throw new IOException(
          "the '%s' of signature '%s' of model '%s' must be [batch, height, width, channels], but have %s"
              .formatted(
                  Signatures.PIXELS,
                  Signatures.FROM_PIXELS,
                  version,
                  pixels.getUnknownRank()
                      ? "no known rank"
                      : "%d axes".formatted(pixels.getDimCount())));
    }
    return signatures;
  }

  private static void require(
      Path version, Ability ability, String what, Set<String> names, Set<String> found)
      throws IOException {
    if (!found.containsAll(names)) {
      throw new IOException(
          "signature '%s' of model '%s' must have the %s %s, but has %s: another version of this program wrote it; export the model again"
              .formatted(ability.key(), version, what, new TreeSet<>(names), new TreeSet<>(found)));
    }
  }
}
