package org.dinovmf.training.method;

import org.dinovmf.training.data.MaskConfig;

/**
 * How masked patches are trained on.
 *
 * @param lastLayers whose prototypes they are compared with
 * @param masks which patches are masked
 */
public record PatchConfig(LastLayers lastLayers, MaskConfig masks) {

  /** As in iBOT's released runs of vision transformers: one last layer, and their masks. */
  public static PatchConfig ibot() {
    return new PatchConfig(LastLayers.SHARED, MaskConfig.ibot());
  }
}
