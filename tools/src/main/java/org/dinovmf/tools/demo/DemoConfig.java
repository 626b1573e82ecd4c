package org.dinovmf.tools.demo;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;

/** The demonstration's run: DINO-vMF for gray pictures of 28 by 28 pixels, by a preset. */
final class DemoConfig {

  /** Its settings, with which {@code train} goes through the same steps by any method. */
  static final String PRESET = "demo";

  static final int SIDE = 28;

  /** As many epochs as take less than five minutes on two cores. */
  static final int EPOCHS = 30;

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
    values.put("epochs", Integer.toString(epochs));
    values.put("warmup-epochs", Integer.toString(Math.min(1, epochs)));
    values.put("seed", Long.toString(seed));
    values.put("device", "cpu");
    values.put("threads", Integer.toString(threads));
    values.put("checkpoint-every", Integer.toString(epochs));
    values.put("keep-checkpoints", "1");
    Map<String, List<String>> flags = new LinkedHashMap<>();
    values.forEach((key, value) -> flags.put(key, List.of(value)));
    return Resolver.resolve(
        new Request(flags, Optional.empty(), Optional.of(PRESET)),
        Optional.empty(),
        Optional.empty());
  }
}
