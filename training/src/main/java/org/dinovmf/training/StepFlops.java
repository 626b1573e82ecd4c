package org.dinovmf.training;

import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.training.data.MultiCropConfig;

/**
 * Floating-point operations of the matrix products of one optimizer step, a multiplication with its
 * addition counting as two: products are what a step must do, whatever the program makes of the
 * rest. Products of a gradient cost twice those of the value.
 *
 * @param encoders of student and teacher
 * @param heads of student and teacher, without the prototypes
 * @param prototypes of student and teacher
 */
public record StepFlops(double encoders, double heads, double prototypes) {

  /** Value and gradient. */
  private static final int TRAINED = 3;

  private static final int VALUE = 1;

  /**
   * Of a configuration.
   *
   * @param maskedShare mean share of patches that are masked for the student; each of them meets
   *     its prototypes, and every patch those of the teacher. 0 where the method masks none
   */
  public static StepFlops of(TrainConfig config, double maskedShare) {
    VitConfig encoder = config.model().encoder();
    HeadConfig head = config.model().head();
    double images = config.batch().total();
    double globals = MultiCropConfig.GLOBAL_CROPS * images;
    double locals = config.crops().localCrops() * images;
    int globalPixels = config.crops().global().pixels();
    double global = globals * encoder(encoder, globalPixels);
    double local = locals == 0 ? 0 : locals * encoder(encoder, config.crops().local().pixels());
    double patches = maskedShare == 0 ? 0 : globals * patches(encoder, globalPixels);
    double studentRows = globals + locals + maskedShare * patches;
    double teacherRows = globals + patches;
    double rows = TRAINED * studentRows + VALUE * teacherRows;
    return new StepFlops(
        TRAINED * (global + local) + VALUE * global,
        rows * mlp(head),
        rows * 2 * head.bottleneckDim() * head.numPrototypes());
  }

  private static double patches(VitConfig encoder, int pixels) {
    double side = (double) pixels / encoder.patchSize();
    return side * side;
  }

  /** Of one image: projection of patches, and in each block qkv, attention, projection and MLP. */
  private static double encoder(VitConfig encoder, int pixels) {
    double patches = patches(encoder, pixels);
    double tokens = patches + 1 + encoder.extras().registers();
    double dim = encoder.embedDim();
    double weights = (4 + 2.0 * encoder.mlpRatio()) * dim * dim;
    double perBlock = 2 * tokens * (weights + 2 * tokens * dim);
    return 2 * patches * encoder.patchDim() * dim + encoder.depth() * perBlock;
  }

  private static double mlp(HeadConfig head) {
    return 2.0 * head.hiddenDim() * (head.inDim() + head.hiddenDim() + head.bottleneckDim());
  }

  /** All of them. */
  public double total() {
    return encoders + heads + prototypes;
  }
}
