package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.Fold;
import io.github.cnnevolution.report.Style;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.help.HelpFormatter;
import org.apache.commons.cli.help.TextHelpAppendable;

/** Prints help in lines that fit the terminal. */
final class Help {
  /** The width without a terminal, in files and pipes. */
  private static final int USUAL = 100;

  private static final int NARROWEST = 60;

  /** Longer lines are hard to read. */
  private static final int WIDEST = 120;

  private final PrintStream out;
  private final Style style;
  private final int width;

  Help(Console console) {
    this.out = console.out();
    int columns = console.style().isTerminal() ? console.style().columns().getAsInt() : USUAL;
    this.width = Math.max(NARROWEST, Math.min(WIDEST, columns));
    this.style = new Style(() -> width, () -> Integer.MAX_VALUE, false, false);
  }

  /** Prints all commands, and the options of the one that runs without a name. */
  void printOverview(List<Command> commands, Command unnamed) throws IOException {
    print("Evolves CNN architectures with a genetic algorithm; candidates train in LibTorch.", 0);
    out.println();
    print("usage: java -jar " + Application.PROGRAM + ".jar [COMMAND] [OPTIONS]", 0);
    out.println();
    for (Command command : commands) {
      print(Text.format("  %-10s %s", command.name(), command.summary()), 13);
    }
    out.println();
    print(
        "`help COMMAND` or `COMMAND --help` explains the options of a command; --version prints the versions.",
        0);
    print(Text.format("Without a command, %s runs:", unnamed.name()), 0);
    out.println();
    print(unnamed);
  }

  private void print(String line, int indent) {
    out.println(Fold.line(line, style, indent));
  }

  /** Prints the options of a command. */
  void print(Command command) throws IOException {
    TextHelpAppendable text = new TextHelpAppendable(out);
    // It indents all lines by one more; and some terminals wrap a line of the full width.
    text.setMaxWidth(width - 2);
    List<Option> options = List.copyOf(command.options().getOptions());
    HelpFormatter formatter =
        HelpFormatter.builder()
            .setShowSince(false)
            .setComparator(Comparator.comparingInt(options::indexOf))
            .setHelpAppendable(text)
            .get();
    String syntax =
        Text.format(
            "java -jar %s.jar %s [OPTIONS] %s",
            Application.PROGRAM, command.name(), command.operands());
    formatter.printHelp(syntax.strip(), command.summary(), options, "", false);
    out.flush();
  }
}
