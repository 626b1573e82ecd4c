package org.dinovmf.tools.vmf;

import org.dinovmf.ops.VonMisesFisher;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** What computes the values: a graph of one element type, or plain Java. */
public enum Precision {
  FLOAT32("float32", VonMisesFisher.maxKappa(TFloat32.class)),
  FLOAT64("float64", VonMisesFisher.maxKappa(TFloat64.class)),
  JAVA("java", VonMisesFisher.maxKappa(TFloat64.class));

  private final String label;
  private final double maxKappa;

  Precision(String label, double maxKappa) {
    this.label = label;
    this.maxKappa = maxKappa;
  }

  /** The nearest number that the precision has. */
  double round(double kappa) {
    return switch (this) {
      case FLOAT32 -> (float) kappa;
      case FLOAT64, JAVA -> kappa;
    };
  }

  double maxKappa() {
    return maxKappa;
  }

  /** As the command line has it. */
  @Override
  public String toString() {
    return label;
  }
}
