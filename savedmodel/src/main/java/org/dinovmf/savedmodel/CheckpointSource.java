package org.dinovmf.savedmodel;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an encoder is found before it is exported.
 *
 * @param spec of the encoder
 * @param checkpoint path of a TensorFlow checkpoint without {@code .index}
 * @param weights where the checkpoint has the encoder, such as {@code teacher/backbone}
 * @param head behind the encoder, if the checkpoint has one that was trained
 */
public record CheckpointSource(
    EncoderSpec spec, Path checkpoint, String weights, Optional<HeadSource> head) {

  /** An encoder without a head. */
  public static CheckpointSource of(EncoderSpec spec, Path checkpoint, String weights) {
    return new CheckpointSource(spec, checkpoint, weights, Optional.empty());
  }

  /** Without a head that no signature has a use for. */
  CheckpointSource forExport() {
    return new CheckpointSource(spec, checkpoint, weights, head.filter(HeadSource::isMixture));
  }
}
