package io.github.cnnevolution.cli;

/** Exit codes of the process. */
final class ExitCode {
  /** Success. */
  static final int OK = 0;

  /** The command started but failed. */
  static final int FAILED = 1;

  /** The command line or an input file is invalid; nothing was done. */
  static final int USAGE = 2;

  /** Stopped by Ctrl-C: 128 + SIGINT, the convention of shells. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
