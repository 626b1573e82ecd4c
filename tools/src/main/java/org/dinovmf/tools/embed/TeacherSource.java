package org.dinovmf.tools.embed;

import java.nio.file.Path;
import java.util.Optional;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.savedmodel.EncoderSpec;
import org.dinovmf.savedmodel.HeadSource;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.TrainGraph;

/** Where a checkpoint of a run has the teacher, which is what is exported and evaluated. */
public final class TeacherSource {

  private static final String ENCODER = TrainGraph.TEACHER + "/" + TrainGraph.BACKBONE;
  private static final String HEAD = TrainGraph.TEACHER + "/" + TrainGraph.HEAD;

  private TeacherSource() {}

  /**
   * The teacher of a run.
   *
   * @param checkpoint path without {@code .index}
   * @param hasHead whether its head was ever trained
   */
  public static CheckpointSource of(TrainConfig config, Path checkpoint, boolean hasHead) {
    ModelConfig model = config.model();
    EncoderSpec spec =
        new EncoderSpec(model.encoder(), config.evaluation(), config.normalization());
    HeadSource head =
        new HeadSource(
            model.head(),
            model.method().prototypes().prototypes(),
            config.schedule().teacherTemp(),
            HEAD);
    return new CheckpointSource(
        spec, checkpoint, ENCODER, hasHead ? Optional.of(head) : Optional.empty());
  }
}
