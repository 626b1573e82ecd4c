package org.dinovmf.graph;

/**
 * What later encoders add to the one of Dosovitskiy et al. 2021.
 *
 * @param registers learned tokens between the class token and the patches, without a position;
 *     Darcet et al., "Vision Transformers Need Registers", ICLR 2024
 * @param hasLayerScale whether each residual branch is multiplied by a learned vector; Touvron et
 *     al., "Going deeper with Image Transformers", ICCV 2021
 * @param positions how the position table is resized to another grid
 */
public record VitExtras(int registers, boolean hasLayerScale, PositionRule positions) {

  public VitExtras {
    if (registers < 0) {
      throw new IllegalArgumentException("registers must be at least 0 but is " + registers);
    }
  }

  /** DINO's encoder: no registers, no scale of the branches. */
  public static VitExtras none() {
    return new VitExtras(0, false, PositionRule.OFFSET);
  }
}
