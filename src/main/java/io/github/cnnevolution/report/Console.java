package io.github.cnnevolution.report;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Optional;

/**
 * The streams of a command.
 *
 * @param in standard input
 * @param out results
 * @param err errors
 * @param progress what is done and how far it is; {@code out}, unless the command is quiet
 * @param notices what a person should know; {@code err}, unless the command is quiet
 * @param style the formatting of {@code out}
 * @param screen the terminal behind {@code err}, if there is one that can be redrawn
 */
public record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    PrintStream progress,
    PrintStream notices,
    Style style,
    Optional<Screen> screen) {
  /** Creates a console that shows progress and notices. */
  public Console(
      InputStream in, PrintStream out, PrintStream err, Style style, Optional<Screen> screen) {
    this(in, out, err, out, err, style, screen);
  }

  /** Creates a console without a terminal. */
  public Console(InputStream in, PrintStream out, PrintStream err) {
    this(in, out, err, Style.PLAIN, Optional.empty());
  }
}
