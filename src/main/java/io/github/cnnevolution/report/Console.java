package io.github.cnnevolution.report;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;

/**
 * The streams of a command.
 *
 * @param in standard input
 * @param out results
 * @param err progress, notices and errors
 * @param style the formatting of {@code out}
 * @param screen the terminal behind {@code err}, if there is one that can be redrawn
 */
public record Console(
    InputStream in, PrintStream out, PrintStream err, Style style, Optional<Screen> screen) {
  /** Creates a console without a terminal. */
  public Console(InputStream in, PrintStream out, PrintStream err) {
    this(in, out, err, Style.PLAIN, Optional.empty());
  }
}
