package org.dinovmf.tools.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.savedmodel.CheckpointSource;
import org.dinovmf.tools.config.Request;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.training.TrainConfig;
import org.junit.jupiter.api.Test;

final class TeacherSourceTest {

  /** A kappa is the length of a prototype over the temperature that training ended with. */
  @Test
  void takesTheTemperatureAfterItsWarmUp() {
    Request request = new Request(Map.of(), Optional.empty(), Optional.of("dino-vmf-vits16"));
    TrainConfig config =
        Resolver.resolve(request, Optional.empty(), Optional.empty())
            .withStatistics(Normalization.imageNet(), 1)
            .trainConfig();
    CheckpointSource source = TeacherSource.of(config, Path.of("weights"), true);
    assertEquals(config.schedule().teacherTemp(), source.head().orElseThrow().temperature());
    assertNotEquals(
        config.schedule().warmupTeacherTemp(), source.head().orElseThrow().temperature());
    assertTrue(TeacherSource.of(config, Path.of("weights"), false).head().isEmpty());
  }
}
