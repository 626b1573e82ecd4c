package org.dinovmf.graph;

/**
 * Sizes of a projection head.
 *
 * @param inDim width of the class token
 * @param hiddenDim width of the MLP's two hidden layers
 * @param bottleneckDim dimension of the unit sphere, at least 2
 * @param numPrototypes mixture components
 */
public record HeadConfig(int inDim, int hiddenDim, int bottleneckDim, int numPrototypes) {

  public HeadConfig {
    if (inDim < 1 || hiddenDim < 1 || bottleneckDim < 2 || numPrototypes < 2) {
      throw new IllegalArgumentException(
          "a head needs inDim and hiddenDim >= 1, bottleneckDim and numPrototypes >= 2: inDim=%d, hiddenDim=%d, bottleneckDim=%d, numPrototypes=%d"
              .formatted(inDim, hiddenDim, bottleneckDim, numPrototypes));
    }
  }

  /** The published sizes: 2048, 256 and 65,536 prototypes. */
  public static HeadConfig dino(int inDim) {
    return new HeadConfig(inDim, 2048, 256, 65536);
  }
}
