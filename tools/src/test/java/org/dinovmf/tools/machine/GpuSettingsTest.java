package org.dinovmf.tools.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GpuSettingsTest {

  @Test
  void tellsWhatChangesADefault() {
    assertEquals(
        new GpuSettings(
            "where the GPU has it; NVIDIA_TF32_OVERRIDE=0 turns it off",
            "off; TF_XLA_FLAGS=--tf_xla_auto_jit=2 turns it on",
            "what is needed; TF_FORCE_GPU_ALLOW_GROWTH=false takes all from the start"),
        GpuSettings.of(
            Map.of(
                "NVIDIA_TF32_OVERRIDE", "1",
                "TF_XLA_FLAGS", "--tf_xla_clustering_debug",
                "TF_FORCE_GPU_ALLOW_GROWTH", "true")));
  }

  @Test
  void tellsWhatTheEnvironmentHasChanged() {
    assertEquals(
        new GpuSettings(
            "off, by NVIDIA_TF32_OVERRIDE=0",
            "on, by TF_XLA_FLAGS=--tf_xla_auto_jit=1",
            "all from the start, by TF_FORCE_GPU_ALLOW_GROWTH=false"),
        GpuSettings.of(
            Map.of(
                "NVIDIA_TF32_OVERRIDE", "0",
                "TF_XLA_FLAGS", "--tf_xla_auto_jit=1",
                "TF_FORCE_GPU_ALLOW_GROWTH", "false")));
  }
}
