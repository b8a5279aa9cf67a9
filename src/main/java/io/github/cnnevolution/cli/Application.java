package io.github.cnnevolution.cli;

import io.github.cnnevolution.data.DatasetException;
import io.github.cnnevolution.device.NativeLibraryException;
import io.github.cnnevolution.engine.DirectoryException;
import io.github.cnnevolution.engine.ModelException;
import io.github.cnnevolution.engine.SettingException;
import io.github.cnnevolution.evaluation.NoDeviceLeftException;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.MessageLine;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.Versions;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.commons.cli.Option;

/**
 * Finds the command, parses its arguments and runs it. Reports each error as one line and an exit
 * code.
 */
final class Application {
  static final String PROGRAM = "cnn-evolution";

  private final Command evolve;
  private final List<Command> commands;

  Application() {
    this(new EvolveCommand());
  }

  /** Creates the program with another {@code evolve} command. */
  Application(Command evolve) {
    this.evolve = evolve;
    this.commands = commands(evolve);
  }

  private static List<Command> commands(Command evolve) {
    return List.of(
        evolve,
        new EvaluateCommand(),
        new TrainCommand(),
        new DescribeCommand(),
        new SpacesCommand(),
        new DevicesCommand(),
        new DownloadCommand(),
        new RunsCommand(),
        new ReportCommand(),
        new ExportCommand(),
        new PredictCommand());
  }

  /** Returns the names of all options of all commands. */
  static Set<String> optionNames() {
    return commands(new EvolveCommand()).stream()
        .flatMap(command -> command.options().getOptions().stream())
        .map(Option::getLongOpt)
        .collect(Collectors.toSet());
  }

  /**
   * Runs the command named by the first argument, or {@code evolve} if that is an option.
   *
   * @return the exit code; see {@link ExitCode}
   */
  int run(String[] arguments, Console console) {
    return reporting(console, () -> dispatch(Arrays.asList(arguments), console));
  }

  /** Runs a part of the program and reports an error. */
  private static int reporting(Console console, Callable<Integer> part) {
    try {
      return part.call();
    } catch (SettingException e) {
      return fail(console.err(), e.commandLineMessage(), ExitCode.USAGE);
    } catch (UsageException
        | DatasetException
        | StoreException
        | DirectoryException
        | ModelException e) {
      return fail(console.err(), e.getMessage(), ExitCode.USAGE);
    } catch (UncheckedIOException | NoDeviceLeftException | NativeLibraryException e) {
      return fail(console.err(), e.getMessage(), ExitCode.FAILED);
    } catch (IOException e) {
      return fail(console.err(), describe(e), ExitCode.FAILED);
    } catch (InterruptedException e) {
      return fail(console.err(), "interrupted", ExitCode.INTERRUPTED);
    } catch (OutOfMemoryError e) {
      return fail(console.err(), describe(e), ExitCode.FAILED);
    } catch (Exception e) {
      // An unexpected error: a bug report needs the stack trace.
      e.printStackTrace(console.err());
      return fail(
          console.err(), "internal error, please report it: " + describe(e), ExitCode.FAILED);
    }
  }

  private static String describe(OutOfMemoryError error) {
    return Text.format(
        "out of memory: %s; Java may use %d MB here: start it with `java -Xmx2g -jar ...`, or give the container more memory, of which Java takes a quarter",
        error.getMessage(), Runtime.getRuntime().maxMemory() >> 20);
  }

  private int dispatch(List<String> arguments, Console console) throws Exception {
    String first = arguments.isEmpty() ? "" : arguments.get(0);
    if (first.equals("--version") || first.equals("-V")) {
      console.out().println(PROGRAM + " " + Versions.summary());
      return ExitCode.OK;
    }
    if (first.equals("--help") || first.equals("-h") || first.equals("help")) {
      return help(arguments.subList(1, arguments.size()), console);
    }
    boolean named = !first.isEmpty() && !first.startsWith("-");
    Command command = named ? find(first) : evolve;
    List<String> rest = named ? arguments.subList(1, arguments.size()) : arguments;
    if (rest.contains("--help") || rest.contains("-h")) {
      new Help(console).print(command);
      return ExitCode.OK;
    }
    Arguments parsed = Arguments.parse(command, rest);
    try (OutputOptions output = OutputOptions.of(parsed, console)) {
      // Errors are logged too.
      return reporting(output.console(), () -> command.run(parsed, output.console()));
    }
  }

  /** Helps with the command that is named, or with all. */
  private int help(List<String> names, Console console) throws UsageException, IOException {
    Optional<String> name = names.stream().filter(n -> !n.startsWith("-")).findFirst();
    if (name.isPresent()) {
      new Help(console).print(find(name.get()));
    } else {
      new Help(console).printOverview(commands, evolve);
    }
    return ExitCode.OK;
  }

  private Command find(String name) throws UsageException {
    Optional<Command> command = commands.stream().filter(c -> c.name().equals(name)).findFirst();
    if (command.isEmpty()) {
      List<String> names = commands.stream().map(Command::name).toList();
      throw new UsageException(
          Text.format(
              "unknown command '%s'; %s",
              name,
              Suggestion.nearest(name, names)
                  .map(nearest -> Text.format("did you mean %s? --help lists all", nearest))
                  .orElse("the commands are " + String.join(", ", names) + ", see --help")));
    }
    return command.get();
  }

  private static int fail(PrintStream err, String message, int code) {
    err.println(PROGRAM + ": " + MessageLine.of(message));
    return code;
  }

  /** Returns class and message; the message alone for an {@link IOException}. */
  private static String describe(Exception e) {
    String kind = e.getClass().getSimpleName();
    if (e.getMessage() == null) {
      return kind;
    }
    return e.getClass() == IOException.class ? e.getMessage() : kind + ": " + e.getMessage();
  }
}
