package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Console;
import org.apache.commons.cli.Options;

/** One subcommand. Stateless: everything it needs is in the arguments. */
interface Command {
  /** What is typed, such as {@code evolve}. */
  String name();

  /** What it does, in one line. */
  String summary();

  /**
   * What follows the options on the usage line, such as {@code CHROMOSOME...}; empty if nothing
   * may.
   */
  default String operands() {
    return "";
  }

  /** The options that it takes, all long, in snake_case. */
  Options options();

  /**
   * Does the work.
   *
   * @return the exit code
   * @throws UsageException if the arguments are at fault; nothing has been done then
   */
  int run(Arguments arguments, Console console) throws Exception;
}
