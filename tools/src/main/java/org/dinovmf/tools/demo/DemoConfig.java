package org.dinovmf.tools.demo;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;

/**
 * The demonstration's run: DINO-vMF for gray pictures of 28 by 28 pixels. Its values were chosen on
 * a tenth of the training images that was held back; the test images had no part in it.
 */
final class DemoConfig {

  static final int SIDE = 28;

  /** As many epochs as take less than five minutes on two cores. */
  static final int EPOCHS = 30;

  /** Mean and deviation of Fashion-MNIST's 60,000 training images, gray repeated. */
  private static final String MEAN = "0.286 0.286 0.286";

  private static final String STD = "0.353 0.353 0.353";

  private DemoConfig() {}

  /**
   * As settings, so that the run can be resumed and changed like any other.
   *
   * @param data folder of the images
   * @param run folder of the run
   */
  static Resolved of(Path data, Path run, int epochs, long seed, int threads) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("data", data.toString());
    values.put("out", run.toString());
    values.put("method", "dino-vmf");
    values.put("arch", "vit_nano");
    values.put("patch-size", "7");
    values.put("image-size", Integer.toString(SIDE));
    values.put("num-prototypes", "512");
    values.put("bottleneck-dim", "64");
    values.put("head-hidden-dim", "256");
    values.put("drop-path", "0");
    values.put("warmup-teacher-temp", "0.03");
    values.put("teacher-temp", "0.04");
    values.put("warmup-teacher-temp-epochs", "2");
    values.put("teacher-momentum", "0.98");
    values.put("global-scale", "0.25 1");
    // Up to the whole picture at half its size: the object is seen small, too.
    values.put("local-crops", "8");
    values.put("local-size", Integer.toString(SIDE / 2));
    values.put("local-scale", "0.1 1");
    // Gray pictures have neither hue nor saturation.
    values.put("brightness", "0.6");
    values.put("contrast", "0.4");
    values.put("saturation", "0");
    values.put("hue", "0");
    values.put("gray", "0");
    values.put("blur", "0.3 0.1 0.2");
    values.put("blur-radius", "0.1 1");
    values.put("solarize", "0");
    values.put("mean", MEAN);
    values.put("std", STD);
    values.put("epochs", Integer.toString(epochs));
    values.put("batch-size", "16");
    values.put("lr", "0.032");
    values.put("min-lr", "0.00001");
    values.put("warmup-epochs", Integer.toString(Math.min(1, epochs)));
    values.put("weight-decay", "0.04");
    values.put("weight-decay-end", "0.04");
    values.put("seed", Long.toString(seed));
    values.put("device", "cpu");
    values.put("threads", Integer.toString(threads));
    values.put("checkpoint-every", Integer.toString(epochs));
    values.put("keep-checkpoints", "1");
    values.put("log-every", "50");
    values.put("knn-every", "0");
    Map<String, List<String>> flags = new LinkedHashMap<>();
    values.forEach((key, value) -> flags.put(key, List.of(value)));
    return Resolver.resolve(
        new Request(flags, Optional.empty(), Optional.empty()), Optional.empty(), Optional.empty());
  }
}
