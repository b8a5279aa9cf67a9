package io.github.cnnevolution.cli;

import io.github.cnnevolution.text.Text;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;

/**
 * Arguments with bytes that are not UTF-8. Java replaces such bytes, so the file that is meant
 * seems to be missing, and a new one would get another name. Only {@code predict} finds the
 * pictures that are meant.
 */
final class LostBytes {
  private static final char REPLACEMENT = '\ufffd';

  private LostBytes() {}

  /** Refuses such values of options, and such operands of all commands but {@code predict}. */
  static void refuse(Command command, CommandLine line) throws UsageException {
    for (Option option : line.getOptions()) {
      if (option.getValue() != null) {
        refuse(Text.format("--%s '%s'", option.getLongOpt(), option.getValue()), option.getValue());
      }
    }
    if (!(command instanceof PredictCommand)) {
      for (String operand : line.getArgList()) {
        refuse(Text.format("'%s'", operand), operand);
      }
    }
  }

  private static void refuse(String shown, String value) throws UsageException {
    if (value.indexOf(REPLACEMENT) >= 0 && !exists(value)) {
      throw new UsageException(
          shown + " has bytes that are not UTF-8, which Java cannot keep; rename the file");
    }
  }

  /** The character may really be part of a name. */
  private static boolean exists(String value) {
    try {
      return Files.exists(Path.of(value));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
