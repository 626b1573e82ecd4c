package org.dinovmf.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.tools.features.Pixels;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.eval.video.LabelPropagation;
import org.dinovmf.training.eval.video.MaskImage;
import org.dinovmf.training.eval.video.PropagationConfig;

/**
 * Follows the objects of a video's first mask by the patches of an encoder.
 *
 * @param framing of a frame
 */
record VideoTracker(
    Encoder encoder, ImageDecoder decoder, Framing framing, PropagationConfig config) {

  /** A mask for each frame; the first is the given one. */
  List<MaskImage> follow(VideoFolder.Video video, MaskImage first) throws IOException {
    int patch = encoder.spec().encoder().patchSize();
    List<MaskImage> masks = new ArrayList<>(List.of(first));
    DecodedImage start = frame(video, 0);
    try (LabelPropagation propagation =
        new LabelPropagation(
            config, start.width() / patch, start.height() / patch, patches(start), first)) {
      for (int i = 1; i < video.frames().size(); i++) {
        float[][] labels = propagation.next(patches(frame(video, i)));
        masks.add(propagation.mask(labels, patch, first.width(), first.height()));
      }
    }
    return masks;
  }

  /** What any tracker must beat: nothing moves. */
  static List<MaskImage> copies(MaskImage first, int frames) {
    return Collections.nCopies(frames, first);
  }

  private float[][] patches(DecodedImage frame) {
    return encoder.tokens(new float[][][][] {Pixels.of(frame)}).patches()[0];
  }

  private DecodedImage frame(VideoFolder.Video video, int number) throws IOException {
    Path file = video.frames().get(number);
    try {
      return framing.apply(decoder.decode(Files.readAllBytes(file)), file.toString());
    } catch (BadImageException e) {
      throw new DataException("frame '%s' cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
