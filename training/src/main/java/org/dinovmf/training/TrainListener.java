package org.dinovmf.training;

import java.io.IOException;
import org.dinovmf.training.checkpoint.Checkpoint;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.schedule.Schedules;

/** What a run tells while it goes on; called from the training thread. */
public interface TrainListener {

  /**
   * What happened since the last report.
   *
   * @param step optimizer steps done, of {@code totalSteps}
   * @param epoch epochs done, with the fraction of the present one
   * @param mean of the steps since the last report
   * @param values schedules of the last step
   * @param kappa the student's concentration of every prototype
   * @param imagesPerSecond images taken in, each once however many crops it gives
   * @param waitShare share of the time spent waiting for data, 0 to 1
   * @param badImages images that could not be read so far, each counted once
   */
  @SuppressWarnings("ArrayRecordComponent") // made for the report alone
  record Report(
      long step,
      long totalSteps,
      double epoch,
      StepResult mean,
      Schedules.Values values,
      float[] kappa,
      double imagesPerSecond,
      double waitShare,
      int badImages) {}

  /** Before the first step of this session, which is {@code firstStep} of {@code totalSteps}. */
  void started(long firstStep, long totalSteps, long stepsPerEpoch);

  /** The first batch of this session, as the network will see it. */
  void firstBatch(Batch batch);

  /**
   * After every step.
   *
   * @param seconds that it took
   * @param waitSeconds of these, waited for data
   */
  void stepped(long step, long totalSteps, double seconds, double waitSeconds);

  /** After each {@code logSteps} steps. */
  void reported(Report report);

  /** After the last step of an epoch and its checkpoint; the teacher may be evaluated now. */
  void epochEnded(long epoch, long step) throws IOException;

  /** After a checkpoint was saved. */
  void saved(Checkpoint checkpoint);
}
