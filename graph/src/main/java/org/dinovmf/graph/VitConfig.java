package org.dinovmf.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Sizes of a vision transformer.
 *
 * @param imageSize side in pixels of the square images that the position table is made for; images
 *     of other sizes get a resized table
 * @param patchSize side of a patch in pixels, a divisor of {@code imageSize}
 * @param embedDim token width, a multiple of {@code numHeads}
 * @param depth number of blocks
 * @param numHeads attention heads
 * @param mlpRatio hidden width of an MLP over the token width
 * @param inChannels channels of an image
 * @param extras what the encoder has besides
 */
public record VitConfig(
    int imageSize,
    int patchSize,
    int embedDim,
    int depth,
    int numHeads,
    int mlpRatio,
    int inChannels,
    VitExtras extras) {

  /** Added to the variance: DINO's value; PyTorch's own default is 1e-5. */
  public static final double LAYER_NORM_EPSILON = 1e-6;

  /** Every published variant's value; Dosovitskiy et al. 2021, table 1. */
  private static final int MLP_RATIO = 4;

  /** Named widths and depths. */
  public enum Variant {
    /** For images of about 28 pixels; ours. */
    VIT_NANO(64, 3, 4),
    /** For images of 32 to 64 pixels; ours. */
    VIT_MICRO(128, 6, 4),
    /** Touvron et al., "Training data-efficient image transformers", ICML 2021, table 1. */
    VIT_TINY(192, 12, 3),
    /** Touvron et al. 2021, table 1; the "S" of DINO and iBOT. */
    VIT_SMALL(384, 12, 6),
    /** Dosovitskiy et al. 2021, table 1. */
    VIT_BASE(768, 12, 12),
    /** Dosovitskiy et al. 2021, table 1. */
    VIT_LARGE(1024, 24, 16);

    private final int embedDim;
    private final int depth;
    private final int numHeads;

    Variant(int embedDim, int depth, int numHeads) {
      this.embedDim = embedDim;
      this.depth = depth;
      this.numHeads = numHeads;
    }

    /** The variant with the given patch size, for square images of the given side. */
    public VitConfig config(int imageSize, int patchSize, int inChannels) {
      return VitConfig.plain(
          imageSize, patchSize, embedDim, depth, numHeads, MLP_RATIO, inChannels);
    }

    /** {@code vit_small}, as timm and the published code write it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public VitConfig {
    Objects.requireNonNull(extras, "extras of the encoder");
    List<String> faults = new ArrayList<>();
    if (imageSize < 1 || patchSize < 1 || imageSize % patchSize != 0) {
      faults.add(
          "the patch size must divide the image size: imageSize=%d, patchSize=%d"
              .formatted(imageSize, patchSize));
    }
    if (embedDim < 1 || numHeads < 1 || embedDim % numHeads != 0) {
      faults.add(
          "numHeads must divide embedDim: embedDim=%d, numHeads=%d".formatted(embedDim, numHeads));
    }
    if (depth < 1 || mlpRatio < 1 || inChannels < 1) {
      faults.add(
          "depth, mlpRatio and inChannels must be at least 1: depth=%d, mlpRatio=%d, inChannels=%d"
              .formatted(depth, mlpRatio, inChannels));
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** An encoder without registers and scales of the branches, as DINO's. */
  public static VitConfig plain(
      int imageSize,
      int patchSize,
      int embedDim,
      int depth,
      int numHeads,
      int mlpRatio,
      int inChannels) {
    return new VitConfig(
        imageSize, patchSize, embedDim, depth, numHeads, mlpRatio, inChannels, VitExtras.none());
  }

  /** Patches along a side of the position table. */
  public int grid() {
    return imageSize / patchSize;
  }

  /** Width of a flattened patch. */
  public int patchDim() {
    return patchSize * patchSize * inChannels;
  }

  /** Tokens before those of the patches: the class token and the registers. */
  int prefixTokens() {
    return 1 + extras.registers();
  }

  int headDim() {
    return embedDim / numHeads;
  }

  int mlpDim() {
    return embedDim * mlpRatio;
  }
}
