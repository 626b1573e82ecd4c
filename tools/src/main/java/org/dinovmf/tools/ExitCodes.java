package org.dinovmf.tools;

/** What a command tells its caller. */
public final class ExitCodes {

  public static final int DONE = 0;
  public static final int FAILURE = 1;
  public static final int ARGUMENTS = 2;
  public static final int DATA = 3;
  public static final int LOSS = 4;
  public static final int CHECKPOINT = 5;
  public static final int DEVICE = 6;

  /** Stopped by a signal or by {@code --max-time}, and saved; BSD's EX_TEMPFAIL: try again. */
  public static final int STOPPED = 75;

  /** Interrupted at once, as a shell counts it. */
  public static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
