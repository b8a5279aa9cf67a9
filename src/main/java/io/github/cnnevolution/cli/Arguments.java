package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.DurationText;
import io.github.cnnevolution.engine.PathList;
import io.github.cnnevolution.text.Text;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/**
 * The parsed arguments of a command, read by type. Each error message names the option, its value
 * and the valid values.
 */
final class Arguments {
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]++");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][+-]?[0-9]++)?");

  private final CommandLine line;
  private final ConfigFile config;

  private Arguments(CommandLine line, ConfigFile config) {
    this.line = line;
    this.config = config;
  }

  /** Returns the options that came from a file. */
  ConfigFile config() {
    return config;
  }

  /** Returns the given options except these, in command-line form. */
  List<String> without(Set<String> names) {
    return typed(name -> !names.contains(name));
  }

  /** Returns those of these options that were given, in command-line form. */
  List<String> only(Set<String> names) {
    return typed(names::contains);
  }

  private List<String> typed(Predicate<String> wanted) {
    List<String> typed = new ArrayList<>();
    for (Option option : line.getOptions()) {
      if (wanted.test(option.getLongOpt())) {
        typed.add("--" + option.getLongOpt());
        if (option.getValue() != null) {
          typed.add(option.getValue());
        }
      }
    }
    return typed;
  }

  /** Whether an option was given. */
  boolean isGiven(String name) {
    return line.hasOption(name);
  }

  /** An option with a value; the description includes the default. */
  static Option valued(String name, String value, String description) {
    return Option.builder().longOpt(name).hasArg().argName(value).desc(description).get();
  }

  /** An option without a value. */
  static Option flag(String name, String description) {
    return Option.builder().longOpt(name).desc(description).get();
  }

  /**
   * An option with one of a few values, which may be left out.
   *
   * @param values the first of them is meant without a value
   */
  static Option choice(String name, List<String> values, String description) {
    return Option.builder()
        .longOpt(name)
        .hasArg()
        .optionalArg(true)
        .argName(String.join("|", values))
        .desc(description)
        .get();
  }

  /**
   * Parses the arguments after the command's name, and the file that {@code --config} names.
   * Accepts options in snake_case and in kebab-case.
   *
   * @throws UsageException if an option is unknown, lacks its value or is given twice, or if there
   *     are operands that the command does not take
   */
  static Arguments parse(Command command, List<String> arguments) throws UsageException {
    Arguments typed = parse(command, arguments, ConfigFile.NONE);
    Optional<Path> file = typed.path(ConfigFile.OPTION);
    if (file.isEmpty()) {
      return typed;
    }
    ConfigFile config =
        ConfigFile.read(
            file.get(),
            command.options(),
            Application.optionNames(),
            typed::isGiven,
            typed.text("algorithm"));
    List<String> all = new ArrayList<>(config.words());
    all.addAll(arguments);
    return parse(command, all, config);
  }

  private static Arguments parse(Command command, List<String> arguments, ConfigFile config)
      throws UsageException {
    Options options = command.options();
    CommandLine line;
    try {
      line =
          DefaultParser.builder()
              .setAllowPartialMatching(false)
              .setStripLeadingAndTrailingQuotes(false)
              .get()
              .parse(options, completed(command, snakeCase(arguments)));
    } catch (MissingArgumentException e) {
      throw new UsageException(
          Text.format(
              "--%s needs a value: --%s %s",
              e.getOption().getLongOpt(), e.getOption().getLongOpt(), e.getOption().getArgName()));
    } catch (UnrecognizedOptionException e) {
      throw unknown(e.getOption(), command);
    } catch (ParseException e) {
      throw new UsageException(e.getMessage());
    }
    for (Option option : options.getOptions()) {
      String[] values = line.getOptionValues(option.getLongOpt());
      if (values != null && values.length > 1) {
        throw new UsageException(
            Text.format(
                "--%s is given %d times ('%s'); give it once",
                option.getLongOpt(), values.length, String.join("', '", values)));
      }
    }
    if (command.operands().isEmpty() && !line.getArgList().isEmpty()) {
      throw new UsageException(
          Text.format(
              "unexpected argument '%s'; %s takes options only, see `%s --help`",
              line.getArgList().get(0), command.name(), command.name()));
    }
    LostBytes.refuse(command, line);
    return new Arguments(line, config);
  }

  private static UsageException unknown(String option, Command command) {
    String name = option.replaceFirst("(?s)=.*", "").toLowerCase(Locale.ROOT);
    List<String> known =
        command.options().getOptions().stream().map(o -> "--" + o.getLongOpt()).toList();
    return new UsageException(
        Text.format(
            "unknown option '%s'; %s`%s --help` lists the options of %s",
            option,
            Suggestion.nearest(name, known)
                .map(nearest -> Text.format("did you mean %s? ", nearest))
                .orElse(""),
            command.name(),
            command.name()));
  }

  /**
   * Gives an option whose value was left out its first value, so that what follows is not taken for
   * it: an operand, such as a chromosome, may follow.
   */
  private static String[] completed(Command command, String[] words) {
    String[] result = words.clone();
    for (int i = 0; i < words.length && !words[i].equals("--"); i++) {
      Option option = words[i].startsWith("--") ? command.options().getOption(words[i]) : null;
      if (option == null || !option.hasOptionalArg()) {
        continue;
      }
      List<String> values = List.of(option.getArgName().split("\\|", -1));
      if (values.size() < 2) {
        continue;
      }
      String next = i + 1 < words.length ? words[i + 1] : "-";
      boolean isValue =
          command.operands().isEmpty() ? !next.startsWith("-") : values.contains(next);
      if (!isValue) {
        result[i] = words[i] + "=" + values.get(0);
      }
    }
    return result;
  }

  /** Turns {@code --pop-size=5} into {@code --pop_size=5}; values stay as they are. */
  private static String[] snakeCase(List<String> arguments) {
    List<String> result = new ArrayList<>();
    boolean operandsOnly = false;
    for (String argument : arguments) {
      operandsOnly |= argument.equals("--");
      if (operandsOnly || !argument.startsWith("--")) {
        result.add(argument);
        continue;
      }
      int equals = argument.indexOf('=');
      int end = equals < 0 ? argument.length() : equals;
      result.add("--" + argument.substring(2, end).replace('-', '_') + argument.substring(end));
    }
    return result.toArray(String[]::new);
  }

  /** Returns the arguments that are not options. */
  List<String> operands() {
    return line.getArgList();
  }

  /** Whether an option is given. */
  boolean has(String name) {
    return line.hasOption(name);
  }

  /** Returns the value of an option, if it is given. */
  Optional<String> text(String name) {
    return Optional.ofNullable(line.getOptionValue(name));
  }

  /** A whole number in [min, max]. */
  int integer(String name, int min, int max, int fallback) throws UsageException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      int value = Integer.parseInt(whole(text.get()));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the error message below.
    }
    throw new UsageException(
        max == Integer.MAX_VALUE
            ? Text.format("--%s '%s' must be a whole number of at least %d", name, text.get(), min)
            : Text.format(
                "--%s '%s' must be a whole number from %d to %d", name, text.get(), min, max));
  }

  /** A whole number in [min, max], if it is given. */
  OptionalInt integer(String name, int min, int max) throws UsageException {
    return has(name) ? OptionalInt.of(integer(name, min, max, min)) : OptionalInt.empty();
  }

  /**
   * The value of an option that names a file or directory, which need not exist.
   *
   * @throws UsageException if the value is not a valid path
   */
  Optional<Path> path(String name) throws UsageException {
    Optional<String> text = text(name);
    return text.isEmpty() ? Optional.empty() : Optional.of(path(name, text.get()));
  }

  private static Path path(String name, String text) throws UsageException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageException(Text.format("--%s %s: not a path: %s", name, text, e.getReason()));
    }
  }

  /**
   * The value of an option that lists paths, separated as in a class path; see {@link PathList}.
   *
   * @throws UsageException if no path is written so
   */
  List<Path> paths(String name) throws UsageException {
    String text = text(name).orElse("");
    try {
      return PathList.parse(text);
    } catch (InvalidPathException e) {
      throw new UsageException(Text.format("--%s %s: not a path: %s", name, text, e.getReason()));
    }
  }

  /**
   * The value of an option that names a file to create.
   *
   * @throws UsageException if the file exists, or the value is not a valid path
   */
  Optional<Path> newFile(String name) throws UsageException {
    Optional<Path> path = path(name);
    if (path.isPresent() && Files.exists(path.get())) {
      throw new UsageException(
          Text.format(
              "--%s %s: exists already and is not overwritten; name another file",
              name, text(name).get()));
    }
    return path;
  }

  /** A time of at least a millisecond, such as {@code 90s}, {@code 1.5h} or {@code 200ms}. */
  Optional<Duration> duration(String name) throws UsageException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> time = DurationText.parse(text.get());
    if (time.isEmpty()) {
      throw new UsageException(
          Text.format(
              "--%s '%s' must be a time such as 90s, 30m, 2h or 1d, up to %d days",
              name, text.get(), DurationText.MAX.toDays()));
    }
    return time;
  }

  /** A 64-bit whole number, if it is given. */
  OptionalLong seed(String name) throws UsageException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(whole(text.get())));
    } catch (NumberFormatException e) {
      throw new UsageException(
          Text.format("--%s '%s' must be a 64-bit whole number, for instance 1", name, text.get()));
    }
  }

  /** A probability, if it is given. */
  OptionalDouble rate(String name) throws UsageException {
    return within(name, 0, 1);
  }

  /** A number in [min, max], if it is given. */
  OptionalDouble within(String name, int min, int max) throws UsageException {
    OptionalDouble value = number(name);
    if (value.isPresent() && !(value.getAsDouble() >= min && value.getAsDouble() <= max)) {
      throw new UsageException(
          Text.format("--%s '%s' must be from %d to %d", name, text(name).get(), min, max));
    }
    return value;
  }

  /** A finite number above 0, if it is given. */
  OptionalDouble positive(String name) throws UsageException {
    OptionalDouble value = number(name);
    if (value.isPresent()
        && !(value.getAsDouble() > 0 && value.getAsDouble() < Double.POSITIVE_INFINITY)) {
      throw new UsageException(
          Text.format("--%s '%s' must be a number above 0", name, text(name).get()));
    }
    return value;
  }

  /**
   * A constant of an enumeration by its name in lower case; empty for {@code auto} or if the option
   * is not given.
   */
  <E extends Enum<E>> Optional<E> choiceOrAuto(String name, Class<E> type) throws UsageException {
    Optional<String> text = text(name);
    if (text.isEmpty() || text.get().equals("auto")) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>(List.of("auto"));
    for (E constant : type.getEnumConstants()) {
      String constantName = constant.name().toLowerCase(Locale.ROOT);
      if (constantName.equals(text.get())) {
        return Optional.of(constant);
      }
      names.add(constantName);
    }
    throw new UsageException(
        Text.format("--%s '%s' must be one of %s", name, text.get(), String.join(", ", names)));
  }

  /**
   * Java reads digits of every script; here a number has 0 to 9.
   *
   * @throws NumberFormatException if it has others
   */
  private static String whole(String text) {
    return checked(text, WHOLE);
  }

  /**
   * Java also reads {@code 1d}, {@code 0x1p-3}, {@code NaN} and spaces around a number.
   *
   * @throws NumberFormatException if it is not in plain or exponent notation
   */
  private static String decimal(String text) {
    return checked(text, DECIMAL);
  }

  private static String checked(String text, Pattern syntax) {
    if (!syntax.matcher(text).matches()) {
      throw new NumberFormatException(text);
    }
    return text;
  }

  private OptionalDouble number(String name) throws UsageException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(Double.parseDouble(decimal(text.get())));
    } catch (NumberFormatException e) {
      throw new UsageException(
          Text.format("--%s '%s' must be a number such as 0.05 or 5e-2", name, text.get()));
    }
  }
}
