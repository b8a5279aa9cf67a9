package io.github.cnnevolution.cli;

/** What the process tells its caller. */
final class ExitCode {
  /** All went well. */
  static final int OK = 0;

  /** The work was begun but could not be finished. */
  static final int FAILED = 1;

  /** The command line or its files are at fault; nothing was done. */
  static final int USAGE = 2;

  /** Stopped by Ctrl-C, as shells report it. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
