package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.cli.Option;

/**
 * The options that say how much is printed, and where to.
 *
 * @param console what the command prints to
 * @param log the file that gets all lines too
 */
record OutputOptions(Console console, Optional<LogFile> log) implements AutoCloseable {
  private static final String QUIET = "quiet";
  private static final String LOG = "log";

  /** Returns the options of the command line. */
  static List<Option> options() {
    return List.of(
        Arguments.flag(QUIET, "print errors and the final result only"),
        Arguments.valued(
            LOG,
            "FILE",
            "append all printed lines to this file too, as plain text; with --quiet also those that are not printed"));
  }

  /** Returns those of these options that were given, in command-line form. */
  static List<String> typed(Arguments arguments) {
    return arguments.only(Set.of(QUIET, LOG));
  }

  /**
   * Applies the options.
   *
   * @throws UsageException if the file cannot be written
   */
  static OutputOptions of(Arguments arguments, Console console) throws UsageException {
    boolean quiet = arguments.has(QUIET);
    Optional<Path> file = arguments.path(LOG);
    if (file.isEmpty()) {
      PrintStream none =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      return new OutputOptions(quiet ? quiet(console, none) : console, Optional.empty());
    }
    try {
      LogFile log = LogFile.open(file.get(), console.err());
      PrintStream out = log.tee(console.out());
      PrintStream err = log.tee(console.err());
      Console logged = new Console(console.in(), out, err, console.style(), console.screen());
      return new OutputOptions(quiet ? quiet(logged, log.alone()) : logged, Optional.of(log));
    } catch (IOException e) {
      throw new UsageException(
          Text.format(
              "--%s %s: cannot be written (%s); name a file in a directory that exists",
              LOG, file.get(), e.getClass().getSimpleName()));
    }
  }

  private static Console quiet(Console console, PrintStream instead) {
    return new Console(
        console.in(),
        console.out(),
        console.err(),
        instead,
        instead,
        console.style(),
        Optional.empty());
  }

  @Override
  public void close() {
    log.ifPresent(LogFile::close);
  }
}
