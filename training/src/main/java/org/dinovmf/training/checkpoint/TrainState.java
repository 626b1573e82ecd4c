package org.dinovmf.training.checkpoint;

/**
 * What the next step depends on besides the variables. Data order and random choices follow from
 * the step, the seed and the images, so no generator's state is kept.
 *
 * @param step optimizer steps done
 * @param prototypeUpdates updates that the prototypes have had; fewer while they were frozen
 * @param stepsPerEpoch optimizer steps of an epoch when this was saved
 * @param elapsedMillis time spent training so far, over all resumptions
 */
public record TrainState(long step, long prototypeUpdates, long stepsPerEpoch, long elapsedMillis) {

  public TrainState {
    if (step < 0 || prototypeUpdates < 0 || prototypeUpdates > step || stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "a state needs 0 <= prototypeUpdates <= step and stepsPerEpoch >= 1: step=%d, prototypeUpdates=%d, stepsPerEpoch=%d"
              .formatted(step, prototypeUpdates, stepsPerEpoch));
    }
  }

  /** Before the first step. */
  public static TrainState start(long stepsPerEpoch) {
    return new TrainState(0, 0, stepsPerEpoch, 0);
  }

  /** After one more step, which took the given time. */
  public TrainState next(boolean trainedPrototypes, long millis) {
    return new TrainState(
        step + 1,
        prototypeUpdates + (trainedPrototypes ? 1 : 0),
        stepsPerEpoch,
        elapsedMillis + millis);
  }
}
