package org.dinovmf.tools.analysis;

import java.util.List;
import org.dinovmf.training.analysis.PrototypeMixture;
import org.dinovmf.training.analysis.PrototypeMixture.Assigned;
import org.dinovmf.training.analysis.Spectrum;
import org.dinovmf.training.analysis.Spread;
import org.dinovmf.training.method.PrototypeKind;

/**
 * Images and what the prototypes of a teacher say of them.
 *
 * @param temperature of the teacher, its last one
 * @param assigned of each image
 */
public record AssignedImages(
    SeenImages images, PrototypeMixture mixture, double temperature, List<Assigned> assigned) {

  public AssignedImages {
    assigned = List.copyOf(assigned);
  }

  /**
   * Assigns images.
   *
   * @param vectors the prototypes
   */
  public static AssignedImages of(
      SeenImages images, float[][] vectors, double temperature, PrototypeKind kind, int threads) {
    PrototypeMixture mixture = PrototypeMixture.of(vectors, temperature, kind);
    return new AssignedImages(
        images, mixture, temperature, mixture.assign(images.embeddings(), threads));
  }

  /** The densities of the images, nats; empty where there are none. */
  public double[] logDensities() {
    return assigned.stream().flatMapToDouble(a -> a.logDensity().stream()).toArray();
  }

  /** What the doctor wants to know. */
  public Doctor.Embedded embedded() {
    return new Doctor.Embedded(
        assigned.size(),
        Spectrum.of(images.embeddings()).effectiveRank(),
        mixture.dim(),
        Spread.of(images.embeddings()),
        (int) assigned.stream().mapToInt(Assigned::prototype).distinct().count(),
        mixture.size());
  }
}
