package org.dinovmf.tools.report;

import java.util.Map;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.StepResult;
import org.dinovmf.training.TrainListener.Report;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.BatchPosition;
import org.dinovmf.training.schedule.Schedules;

/** Reports for tests: 100 steps an epoch, four prototypes, so ln K is 1.3863. */
final class Reports {

  static final long TOTAL_STEPS = 1000;

  private Reports() {}

  static Report at(long step) {
    return of(step, 1.25, 0.75);
  }

  static Report of(long step, double loss, double entropy) {
    return new Report(
        step,
        TOTAL_STEPS,
        step / 100.0,
        new StepResult(loss, loss, entropy, 2.5, Map.of(), Map.of("agreement", 0.5)),
        new Schedules.Values(0.0005, 0.04, 0.996, 0.07, 0.07, true),
        new float[] {8, 14, 10, 11},
        123.456,
        0.0625,
        0);
  }

  /** One image: two global crops of one pixel, red and green, and a blue local one. */
  static Batch batch() {
    return new Batch(
        1,
        1,
        1,
        1,
        Channels.COLOR,
        new byte[] {(byte) 255, 0, 0, 0, (byte) 255, 0},
        new byte[] {0, 0, (byte) 255},
        new byte[0],
        new int[] {0},
        new BatchPosition(0, 0));
  }
}
