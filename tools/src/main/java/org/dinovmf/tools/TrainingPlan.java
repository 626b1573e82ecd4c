package org.dinovmf.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.machine.Hardware;
import org.dinovmf.training.KnnData;
import org.dinovmf.training.TrainConfig;

/**
 * What is about to be trained.
 *
 * @param knn labeled images by which the teacher is evaluated, if any
 */
record TrainingPlan(
    Resolved resolved, TrainConfig config, Hardware hardware, Optional<KnnData> knn) {

  /** For people, one fact a line. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Device: " + hardware.name());
    lines.add("Chosen for these images and this device:");
    resolved.choices().forEach(line -> lines.add("  " + line));
    lines.add(
        "Encoder: %d blocks of width %d, patches of %d pixels, %d prototypes; %d images a step, %d epochs"
            .formatted(
                config.model().encoder().depth(),
                config.model().encoder().embedDim(),
                config.model().encoder().patchSize(),
                config.model().head().numPrototypes(),
                config.batch().total(),
                config.schedule().epochs()));
    lines.add(
        knn.map(
                sets ->
                    "kNN while training: %d images classified by %d neighbors of %d classes"
                        .formatted(
                            sets.queries().images().size(),
                            sets.bank().images().size(),
                            sets.numClasses()))
            .orElse("No kNN while training: the images have no labels, or it is switched off"));
    return List.copyOf(lines);
  }
}
