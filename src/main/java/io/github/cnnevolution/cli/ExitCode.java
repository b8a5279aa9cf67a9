package io.github.cnnevolution.cli;

/** Exit codes of the process. */
final class ExitCode {
  /** Success. */
  static final int OK = 0;

  /** The command started but failed. */
  static final int FAILED = 1;

  /** The command line or an input file is invalid; nothing was done. */
  static final int USAGE = 2;

  /**
   * A GPU has failed, and no later call of this process on it can succeed: another process may have
   * more luck, which is what EX_TEMPFAIL of sysexits.h means.
   */
  static final int DEVICE_LOST = 75;

  /** Stopped by Ctrl-C: 128 + SIGINT, the convention of shells. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
