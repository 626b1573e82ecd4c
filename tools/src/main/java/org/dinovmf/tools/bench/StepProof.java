package org.dinovmf.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dinovmf.training.StepEngine;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.schedule.Schedules;
import org.dinovmf.training.weights.SavedWeights;
import org.dinovmf.training.weights.WeightExport;

/**
 * What another program needs to repeat steps, and to compare: {@code before.safetensors} and {@code
 * after.safetensors} with student and teacher under the published names, the crops as bytes in
 * {@code global.bin} and {@code local.bin}, and {@code proof.json}; beside them TensorFlow's own
 * files of both sets of weights.
 *
 * @param config of the run
 * @param values of the schedules in every step
 * @param losses one for each step
 */
record StepProof(TrainConfig config, Schedules.Values values, List<Double> losses) {

  private static final String CHECKPOINT = "checkpoint";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  StepProof {
    losses = List.copyOf(losses);
  }

  /** Writes the crops that every step sees. */
  static void writeCrops(Path folder, Batch batch) throws IOException {
    Files.write(folder.resolve("global.bin"), batch.global());
    Files.write(folder.resolve("local.bin"), batch.local());
  }

  /** Writes the weights as they are now. */
  static void writeWeights(Path folder, String name, TrainConfig config, StepEngine engine)
      throws IOException {
    Path prefix = folder.resolve(name).resolve(CHECKPOINT);
    Files.createDirectories(prefix.getParent());
    engine.session().save(prefix);
    try (SavedWeights weights = new SavedWeights(config, prefix)) {
      new WeightExport(config, weights)
          .writeSafetensors(folder.resolve(name + ".safetensors"), WeightExport.Part.FULL);
    }
    // It also holds the moments, and is of no use to another program.
    MoreFiles.deleteRecursively(prefix.getParent(), RecursiveDeleteOption.ALLOW_INSECURE);
  }

  void write(Path folder) throws IOException {
    JSON.writeValue(folder.resolve("proof.json").toFile(), this);
  }
}
