package org.dinovmf.training.data;

import org.dinovmf.training.data.MultiCropConfig.Crop;

/** A rectangle of whole pixels within an image. */
record Region(int left, int top, int width, int height) {

  private static final int TRIES = 10;

  static Region whole(DecodedImage image) {
    return new Region(0, 0, image.width(), image.height());
  }

  /**
   * The region of torchvision's RandomResizedCrop: area uniform in the crop's scale, aspect uniform
   * on a logarithmic scale, ten tries to fit it in, else the middle of the image with the nearest
   * aspect.
   */
  static Region random(
      int width, int height, Crop crop, double minAspect, double maxAspect, CropRandom random) {
    double area = (double) width * height;
    // StrictMath: the same region on every machine.
    double minLog = StrictMath.log(minAspect);
    double maxLog = StrictMath.log(maxAspect);
    for (int i = 0; i < TRIES; i++) {
      double target = area * random.nextDouble(crop.minScale(), crop.maxScale());
      double aspect = StrictMath.exp(random.nextDouble(minLog, maxLog));
      int w = (int) Math.rint(Math.sqrt(target * aspect));
      int h = (int) Math.rint(Math.sqrt(target / aspect));
      if (w > 0 && w <= width && h > 0 && h <= height) {
        int top = random.nextInt(height - h + 1);
        int left = random.nextInt(width - w + 1);
        return new Region(left, top, w, h);
      }
    }
    return middle(width, height, minAspect, maxAspect);
  }

  /** The greatest region in the middle whose aspect is in the range, to a pixel. */
  static Region middle(int width, int height, double minAspect, double maxAspect) {
    double aspect = (double) width / height;
    int w = width;
    int h = height;
    if (aspect < minAspect) {
      h = Math.max(1, Math.min(height, (int) Math.rint(w / minAspect)));
    } else if (aspect > maxAspect) {
      w = Math.max(1, Math.min(width, (int) Math.rint(h * maxAspect)));
    }
    return new Region((width - w) / 2, (height - h) / 2, w, h);
  }
}
