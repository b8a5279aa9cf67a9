package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Console;
import org.apache.commons.cli.Options;

/** One subcommand. Stateless. */
interface Command {
  /** Returns its name on the command line, such as {@code evolve}. */
  String name();

  /** Returns a description in one line. */
  String summary();

  /**
   * Returns the operands for the usage line, such as {@code CHROMOSOME...}; empty if it takes none.
   */
  default String operands() {
    return "";
  }

  /** Returns its options: long names only, in snake_case. */
  Options options();

  /**
   * Runs the command.
   *
   * @return the exit code
   * @throws UsageException if the arguments are invalid; nothing has been done then
   */
  int run(Arguments arguments, Console console) throws Exception;
}
