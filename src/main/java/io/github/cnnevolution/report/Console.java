package io.github.cnnevolution.report;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;

/**
 * Where a command reads from and writes to.
 *
 * @param in standard input
 * @param out results
 * @param err progress, notices and errors
 * @param style how {@code out} may look
 * @param screen the terminal that {@code err} goes to, if it does and can be redrawn
 */
public record Console(
    InputStream in, PrintStream out, PrintStream err, Style style, Optional<Screen> screen) {
  /** Without any terminal. */
  public Console(InputStream in, PrintStream out, PrintStream err) {
    this(in, out, err, Style.PLAIN, Optional.empty());
  }
}
