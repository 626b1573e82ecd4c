package org.dinovmf.tools.config;

import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.training.data.MultiCropConfig;

/**
 * A rough count of the memory of a training step, for the choice and the check of a batch size.
 *
 * <p>A transformer block keeps {@code tokens * (34 dim + 5 heads * tokens)} bytes for its gradient
 * with numbers of 16 bits (Korthikanti et al., "Reducing Activation Recomputation in Large
 * Transformer Models", 2022, equation 1), and twice as many with ours of 32.
 *
 * @param maskedShare mean share of patches that are masked for the student, each of which meets the
 *     prototypes of the teacher at once; 0 where the method masks none
 * @param checkpointsActivations whether blocks keep no more than their input, but for one of them
 */
record MemoryEstimate(
    VitConfig encoder,
    HeadConfig head,
    int globalSize,
    int localSize,
    int localCrops,
    double maskedShare,
    boolean checkpointsActivations) {

  private static final int BYTES = 4;

  /** Student, teacher, gradient, two moments of AdamW, and one more while they are renewed. */
  private static final int WEIGHT_COPIES = 6;

  /** Scores, logits, targets, and what the center takes of them. */
  private static final int TEACHER_SCORES = 4;

  /** Scores and logits of the global crops, for the health of the run; the loss is in blocks. */
  private static final int STUDENT_SCORES = 2;

  /** The rest is for the framework, the images and fragmentation. */
  private static final double USABLE = 0.6;

  /** How many images fit, at least 1. */
  int largestBatch(long memoryBytes) {
    double left = USABLE * memoryBytes - weightBytes();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, left / bytesPerImage()));
  }

  /** What a step over so many images takes, without what the framework needs beside it. */
  double bytes(int batch) {
    return weightBytes() + batch * bytesPerImage();
  }

  MemoryEstimate withActivationCheckpointing() {
    return new MemoryEstimate(encoder, head, globalSize, localSize, localCrops, maskedShare, true);
  }

  double bytesPerImage() {
    int views = MultiCropConfig.GLOBAL_CROPS + localCrops;
    double encoded =
        MultiCropConfig.GLOBAL_CROPS * encoderBytes(globalSize)
            + localCrops * encoderBytes(localSize);
    double masked = MultiCropConfig.GLOBAL_CROPS * maskedShare * patches(globalSize);
    double inHead = views + MultiCropConfig.GLOBAL_CROPS + 2 * masked;
    double scored =
        TEACHER_SCORES * (MultiCropConfig.GLOBAL_CROPS + masked)
            + STUDENT_SCORES * MultiCropConfig.GLOBAL_CROPS;
    return encoded + BYTES * (6.0 * inHead * head.hiddenDim() + scored * head.numPrototypes());
  }

  private double patches(int size) {
    double side = Math.max(1, size / encoder.patchSize());
    return side * side;
  }

  private double encoderBytes(int size) {
    double tokens = patches(size) + 1;
    double perBlock =
        tokens * (34.0 * encoder.embedDim() + 5.0 * encoder.numHeads() * tokens) * BYTES / 2;
    double input = tokens * encoder.embedDim() * BYTES;
    return checkpointsActivations ? encoder.depth() * input + perBlock : encoder.depth() * perBlock;
  }

  private double weightBytes() {
    double dim = encoder.embedDim();
    double blocks = encoder.depth() * (4 + 2.0 * encoder.mlpRatio()) * dim * dim;
    double mlp = head.hiddenDim() * (dim + head.hiddenDim() + head.bottleneckDim());
    double prototypes = (double) head.bottleneckDim() * head.numPrototypes();
    return WEIGHT_COPIES * BYTES * (blocks + encoder.patchDim() * dim + mlp + prototypes);
  }
}
