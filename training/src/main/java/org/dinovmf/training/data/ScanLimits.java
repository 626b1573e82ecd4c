package org.dinovmf.training.data;

/**
 * What a scan accepts.
 *
 * @param maxPixels largest width times height; a small file may announce billions of pixels
 * @param maxFileBytes largest file size
 * @param minImages fewer usable images than this are an error
 */
public record ScanLimits(long maxPixels, long maxFileBytes, int minImages) {

  public ScanLimits {
    new Faults()
        .require(maxPixels > 0, "maxPixels must be positive, but is " + maxPixels)
        // Pixels are held as one array of up to 4 bytes each, whose length is an int.
        .require(
            maxPixels <= Integer.MAX_VALUE / 4,
            "maxPixels must be at most %d, but is %d".formatted(Integer.MAX_VALUE / 4, maxPixels))
        .require(maxFileBytes > 0, "maxFileBytes must be positive, but is " + maxFileBytes)
        .require(
            maxFileBytes <= Integer.MAX_VALUE - 8,
            "maxFileBytes must be at most %d, but is %d"
                .formatted(Integer.MAX_VALUE - 8, maxFileBytes))
        .require(minImages >= 0, "minImages must not be negative, but is " + minImages)
        .throwIfAny();
  }

  /** 89,478,485 pixels, where Pillow begins to warn of decompression bombs; 64 MiB; 2 images. */
  public static ScanLimits standard() {
    return new ScanLimits(89_478_485, 64L << 20, 2);
  }

  /** The same for another least number of images. */
  public ScanLimits withMinImages(int images) {
    return new ScanLimits(maxPixels, maxFileBytes, images);
  }
}
