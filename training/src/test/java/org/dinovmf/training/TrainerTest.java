package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {

  /** The wait of a step is in its time, and a report of one step tells the share. */
  @Test
  void tellsTheWaitOfEachStep(@TempDir Path temp) throws IOException, InterruptedException {
    Path images = temp.resolve("images");
    TinyTraining.writeImages(images);
    List<Double> shares = new ArrayList<>();
    List<Double> reported = new ArrayList<>();
    TinyTraining.Log log =
        new TinyTraining.Log() {
          @Override
          public void stepped(long step, long totalSteps, double seconds, double waitSeconds) {
            shares.add(waitSeconds / seconds);
          }

          @Override
          public void reported(Report report) {
            reported.add(report.waitShare());
          }
        };
    try (Trainer trainer =
        TinyTraining.open(images, temp.resolve("run"), 1, Devices.session(1, false))) {
      trainer.train(log, () -> trainer.state().step() == TinyTraining.STEPS_PER_EPOCH);
    }
    assertEquals(TinyTraining.STEPS_PER_EPOCH, shares.size());
    assertTrue(shares.get(0) > 0, "the first batch is waited for");
    for (int i = 0; i < shares.size(); i++) {
      assertEquals(reported.get(i), shares.get(i), 1e-9);
    }
  }
}
