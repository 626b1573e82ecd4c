package org.dinovmf.training;

/** The loss or a gradient is not a number; nothing was updated by the step that found it. */
public final class NonFiniteLossException extends RuntimeException {

  private final long step;

  public NonFiniteLossException(long step, Throwable cause) {
    super(
        "the loss or the gradient of step %d is not finite; nothing was updated. Lower the learning rate, or raise the warm-up or the teacher temperature"
            .formatted(step),
        cause);
    this.step = step;
  }

  /** The step that was not done, from 0. */
  public long step() {
    return step;
  }
}
