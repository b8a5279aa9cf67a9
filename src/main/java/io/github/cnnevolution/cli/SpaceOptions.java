package io.github.cnnevolution.cli;

import io.github.cnnevolution.engine.SettingException;
import io.github.cnnevolution.engine.TrainingSettingsBuilder;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.space.StagedSpace;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;

/** The options that choose the search space, narrow it and bound its networks. */
final class SpaceOptions {
  static final String SPACE = "space";
  static final String FIX = "fix";
  static final String CHOICES = "choices";

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)([kKMGT]?)");
  private static final String UNITS = "kMGT";

  private SpaceOptions() {}

  /** Returns the options that choose and narrow a space. */
  static List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(
        Arguments.valued(
            SPACE, "NAME|FILE", "search space: plain, residual, or a JSON file (default: plain)"));
    options.addAll(narrowing());
    return options;
  }

  /** Returns those that narrow it. */
  static List<Option> narrowing() {
    return List.of(
        Arguments.valued(FIX, "GENE=VALUE,...", "pin genes, such as block=residual,se=on"),
        Arguments.valued(
            CHOICES, "GENE=VALUE,...", "leave some values of genes, such as width=32,64,96"));
  }

  /** Returns the options that bound networks. */
  static List<Option> bounds() {
    return List.of(
        Arguments.valued(
            "max_parameters", "N", "bounds networks: at most so many parameters, such as 5M"),
        Arguments.valued("max_flops", "N", "at most so many FLOPs an image, such as 200M"),
        Arguments.valued("min_parameters", "N", "at least so many parameters"),
        Arguments.valued("min_flops", "N", "at least so many FLOPs an image"));
  }

  /**
   * The space that the options name.
   *
   * @param current without {@code --space}
   * @throws UsageException if there is no such space, or an option is written in another way
   * @throws SettingException if there is no such gene or value
   */
  static SearchSpace space(Arguments arguments, SearchSpace current) throws UsageException {
    SearchSpace space = current;
    if (arguments.isGiven(SPACE)) {
      String name = arguments.text(SPACE).orElseThrow();
      space = named("--" + SPACE, name);
      boolean same = space.name().equals(current.name()) && !current.choices().isEmpty();
      space = same ? narrow(space, current.choices(), SPACE, name) : space;
    }
    if (!arguments.isGiven(FIX) && !arguments.isGiven(CHOICES)) {
      return space;
    }
    Map<String, List<String>> choices = new LinkedHashMap<>();
    for (String option : List.of(FIX, CHOICES)) {
      if (arguments.isGiven(option)) {
        String text = arguments.text(option).orElseThrow();
        Map<String, List<String>> given = parse(option, text);
        for (Map.Entry<String, List<String>> entry : given.entrySet()) {
          if (choices.putIfAbsent(entry.getKey(), entry.getValue()) != null) {
            throw new UsageException(
                Text.format("--%s %s: the gene %s is given twice", option, text, entry.getKey()));
          }
        }
        narrow(space, given, option, text);
      }
    }
    return narrow(space, choices, FIX, arguments.text(FIX).orElse(""));
  }

  private static SearchSpace narrow(
      SearchSpace space, Map<String, List<String>> choices, String option, String text) {
    try {
      return space.narrow(choices);
    } catch (IllegalArgumentException e) {
      throw new SettingException(option, text, e.getMessage());
    }
  }

  /** A part without {@code =} is another value of the gene before. */
  private static Map<String, List<String>> parse(String option, String text) throws UsageException {
    Map<String, List<String>> values = new LinkedHashMap<>();
    String gene = "";
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals == 0 || (equals < 0 && (gene.isEmpty() || option.equals(FIX)))) {
        throw new UsageException(
            Text.format(
                "--%s %s: '%s' is no gene and value; write %s",
                option,
                text,
                part,
                option.equals(FIX) ? "such as block=residual,se=on" : "such as width=32,64"));
      }
      if (equals > 0) {
        gene = part.substring(0, equals).strip();
        if (values.put(gene, new ArrayList<>()) != null) {
          throw new UsageException(
              Text.format("--%s %s: the gene %s is given twice", option, text, gene));
        }
      }
      values.get(gene).add(part.substring(equals + 1).strip());
    }
    return values;
  }

  /** The built-in space of this name, or that of a file. */
  static SearchSpace named(String place, String name) throws UsageException {
    SearchSpaces builtIn = SpaceFile.builtIn();
    Optional<SearchSpace> known = builtIn.find(name);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      StagedSpace read = SpaceFile.read(Path.of(name));
      boolean taken =
          builtIn
              .find(read.name())
              .filter(space -> !SpaceFile.text(space).equals(SpaceFile.text(read)))
              .isPresent();
      if (taken) {
        throw new UsageException(
            Text.format(
                "%s %s: name: %s is a built-in space; choose another", place, name, read.name()));
      }
      return read;
    } catch (IllegalArgumentException e) {
      if (e instanceof InvalidPathException) {
        throw unknown(place, name, builtIn);
      }
      throw new UsageException(Text.format("%s %s: %s", place, name, e.getMessage()));
    } catch (IOException e) {
      throw unknown(place, name, builtIn);
    }
  }

  private static UsageException unknown(String place, String name, SearchSpaces builtIn) {
    return new UsageException(
        Text.format(
            "%s '%s': there is no such search space or file; there are: %s; or give a readable JSON file",
            place, name, String.join(", ", builtIn.names())));
  }

  /** The absolute path of the file that {@code --space} names; empty for a built-in space. */
  static Optional<String> file(Arguments arguments) {
    return arguments
        .text(SPACE)
        .filter(name -> !SpaceFile.isBuiltIn(name))
        .map(name -> Path.of(name).toAbsolutePath().toString());
  }

  /** Applies the bounds that were given. */
  static void apply(Arguments arguments, TrainingSettingsBuilder<?> settings)
      throws UsageException {
    settings.bounds(bounds(arguments, settings.bounds()));
    if (arguments.isGiven(SPACE)) {
      settings.spaceFile(file(arguments));
    }
  }

  /**
   * The bounds that were given.
   *
   * @param before those where an option is missing
   */
  static Bounds bounds(Arguments arguments, Bounds before) throws UsageException {
    return new Bounds(
        size(arguments, "min_parameters", before.minParameters()),
        size(arguments, "max_parameters", before.maxParameters()),
        size(arguments, "min_flops", before.minFlops()),
        size(arguments, "max_flops", before.maxFlops()));
  }

  private static OptionalLong size(Arguments arguments, String name, OptionalLong before)
      throws UsageException {
    if (!arguments.isGiven(name)) {
      return before;
    }
    String text = arguments.text(name).orElse("");
    Matcher size = SIZE.matcher(text);
    if (size.matches()) {
      String unit = size.group(2).replace('K', 'k');
      int thousands = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
      BigDecimal number = new BigDecimal(size.group(1)).scaleByPowerOfTen(3 * thousands);
      boolean whole = number.stripTrailingZeros().scale() <= 0;
      if (whole && number.signum() > 0 && number.compareTo(BigDecimal.valueOf(1L << 62)) < 0) {
        return OptionalLong.of(number.longValueExact());
      }
    }
    throw new UsageException(
        Text.format(
            "--%s '%s' must be a whole number such as 500000, 500k, 5M or 1.5G", name, text));
  }
}
