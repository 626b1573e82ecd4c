package org.dinovmf.tools.features;

import java.util.Arrays;
import java.util.Locale;
import org.dinovmf.savedmodel.Ability;
import org.dinovmf.savedmodel.Bitmap;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.MissingAbilityException;
import org.dinovmf.tools.embed.DecodedBatches;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.TestPattern;
import org.dinovmf.training.eval.Pooling;

/** What of an encoder's tokens stands for an image; each is as wide as a token. */
public enum PooledTokens {
  /** The class token, by the signature that takes whole files: the model itself resizes. */
  CLS {
    @Override
    public DecodedBatches<?> embedder(Encoder encoder, EmbedConfig config) {
      return new DecodedBatches<>(
          new DecodedBatches.Work<>(
              encoder.dimension(),
              encoder.spec().channels(),
              (image, path) ->
                  Bitmap.of(image.width(), image.height(), image.channels(), image.pixels()),
              bitmaps -> encoder.embed(bitmaps.toArray(byte[][]::new))),
          config);
    }

    @Override
    public float[] testEmbedding(Encoder encoder) {
      return TestPattern.embedding(encoder);
    }
  },
  /** The mean of the patches, of pixels resized as evaluation does. */
  MEAN_PATCH {
    @Override
    public DecodedBatches<?> embedder(Encoder encoder, EmbedConfig config) {
      if (!encoder.has(Ability.TOKENS)) {
        throw new MissingAbilityException(
            "this model has no '%s', which the mean of the patches needs: export it again"
                .formatted(Ability.TOKENS.key()));
      }
      Framing framing = new Framing.Evaluation(encoder.spec().transform());
      return new DecodedBatches<>(
          new DecodedBatches.Work<>(
              encoder.dimension(),
              encoder.spec().channels(),
              (image, path) -> Pixels.of(framing.apply(image, path)),
              pixels ->
                  pixels.isEmpty()
                      ? new float[0][]
                      : Arrays.stream(encoder.tokens(pixels.toArray(float[][][][]::new)).patches())
                          .map(Pooling::mean)
                          .toArray(float[][]::new)),
          config);
    }

    @Override
    public float[] testEmbedding(Encoder encoder) {
      return Pooling.mean(encoder.tokens(TestPattern.pixels(encoder)).patches()[0]);
    }
  };

  /**
   * Opens a decoder and its threads.
   *
   * @param encoder stays the caller's
   * @throws MissingAbilityException if it does not have what is asked for
   */
  public abstract DecodedBatches<?> embedder(Encoder encoder, EmbedConfig config);

  /** What it is of {@link TestPattern}. */
  public abstract float[] testEmbedding(Encoder encoder);

  /** {@code mean-patch}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
