package org.dinovmf.tools.machine;

import java.util.Map;

/**
 * How TensorFlow uses a GPU. It reads these settings from the environment, once and for the whole
 * process, so they are no options of a run.
 *
 * @param tf32 whether float32 products are rounded to TensorFloat-32; TensorFlow's default is that
 *     they are, where the GPU can (documentation of {@code enable_tensor_float_32_execution})
 * @param xla what XLA compiles; TensorFlow's default is nothing ({@code XlaAutoJitFlag})
 * @param memory how much is taken; TensorFlow's default is all, ours what is needed
 */
public record GpuSettings(String tf32, String xla, String memory) {

  private static final String TF32 = "NVIDIA_TF32_OVERRIDE";
  private static final String XLA = "TF_XLA_FLAGS";
  private static final String GROWTH = "TF_FORCE_GPU_ALLOW_GROWTH";

  /** What the variables of this environment come to. */
  public static GpuSettings of(Map<String, String> environment) {
    return new GpuSettings(
        "0".equals(environment.get(TF32))
            ? "off, by " + TF32 + "=0"
            : "where the GPU has it; %s=0 turns it off".formatted(TF32),
        environment.getOrDefault(XLA, "").contains("auto_jit")
            ? "on, by %s=%s".formatted(XLA, environment.get(XLA))
            : "off; %s=--tf_xla_auto_jit=2 turns it on".formatted(XLA),
        "false".equals(environment.get(GROWTH))
            ? "all from the start, by " + GROWTH + "=false"
            : "what is needed; %s=false takes all from the start".formatted(GROWTH));
  }
}
