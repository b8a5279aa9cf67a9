package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a gene of a {@link StagedSpace} can set, and the value where no gene and no file does. */
public enum StagedSetting {
  /** The kind of all blocks. */
  BLOCK("residual", words(Arrays.stream(BlockKind.values()).map(BlockKind::text))),
  /** Channels of the first stage. */
  WIDTH("64", whole(1, 2048)),
  /** Channels of the second stage for each of the first. */
  GROWTH2("2", decimal(0.25, 8)),
  /** Channels of the third stage for each of the second. */
  GROWTH3("2", decimal(0.25, 8)),
  /** Channels of the fourth stage for each of the third. */
  GROWTH4("2", decimal(0.25, 8)),
  /** Channels of the fifth stage for each of the fourth. */
  GROWTH5("2", decimal(0.25, 8)),
  /** Blocks of the first stage. */
  BLOCKS1("2", whole(1, 8)),
  /** Blocks of the second stage; a stage without blocks is left out. */
  BLOCKS2("2", whole(0, 8)),
  /** Blocks of the third stage. */
  BLOCKS3("2", whole(0, 8)),
  /** Blocks of the fourth stage. */
  BLOCKS4("2", whole(0, 8)),
  /** Blocks of the fifth stage. */
  BLOCKS5("2", whole(0, 8)),
  /** The side of depthwise kernels. */
  KERNEL("3", odd(1, 9)),
  /** The side of all other kernels that are not 1 x 1. */
  CONV_KERNEL("3", odd(1, 9)),
  /** How many times as many channels the depthwise convolution has. */
  EXPANSION("3", whole(1, 8)),
  /** Channels of a group in bottlenecks. */
  GROUP_WIDTH("32", whole(1, 1024)),
  /** How many times fewer channels the grouped convolution has. */
  BOTTLENECK_RATIO("1", whole(1, 8)),
  /** Whether blocks have squeeze-and-excitation. */
  SE("off", words(Stream.of("off", "on"))),
  /** How many times fewer channels its inner layer has. */
  SE_RATIO("16", whole(1, 64)),
  /** What is taken of each channel before the scores. */
  HEAD("mean", words(Stream.of("mean", "max"))),
  /** The side of the first stage's images. */
  RESOLUTION("32", words(Stream.of("32", "16"))),
  /** The nonlinearity. */
  ACTIVATION("relu", words(Stream.of("relu", "elu", "leakyrelu", "gelu", "silu"))),
  /** How the side is halved. */
  DOWNSAMPLING("stride", words(Arrays.stream(Downsampling.values()).map(Downsampling::text))),
  /** The fraction of features that is dropped before the scores. */
  DROPOUT("0", fraction()),
  /** Widths are rounded to a multiple of this. */
  ROUND_TO("8", whole(1, 256)),
  /** No stage is wider. */
  MAX_WIDTH("2048", whole(1, 2048));

  /**
   * What a value may be: a word, or a number.
   *
   * @param words with spaces between them; empty for numbers
   * @param step from one number to the next, beginning with the remainder; 0 for any
   */
  private record Kind(
      String words, double min, double max, double step, double remainder, String expected) {}

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

  private final String initial;
  private final String words;
  private final double min;
  private final double max;
  private final double step;
  private final double remainder;
  private final String expected;

  StagedSetting(String initial, Kind kind) {
    this.initial = initial;
    this.words = kind.words;
    this.min = kind.min;
    this.max = kind.max;
    this.step = kind.step;
    this.remainder = kind.remainder;
    this.expected = kind.expected;
  }

  private static Kind words(Stream<String> words) {
    List<String> all = words.toList();
    return new Kind(String.join(" ", all), 0, 0, 0, 0, "one of " + String.join(", ", all));
  }

  private static Kind whole(int min, int max) {
    return new Kind("", min, max, 1, 0, Text.format("a whole number from %d to %d", min, max));
  }

  private static Kind odd(int min, int max) {
    return new Kind("", min, max, 2, 1, Text.format("an odd number from %d to %d", min, max));
  }

  private static Kind decimal(double min, double max) {
    return new Kind("", min, max, 0, 0, Text.format("a number from %s to %s", min, max));
  }

  /** Masks are drawn with 8 bits an element. */
  private static Kind fraction() {
    return new Kind("", 0, 0.9375, 1 / 256.0, 0, "a multiple of 1/256 below 0.94, such as 0.25");
  }

  /** The name in files, such as {@code growth2}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The value where nothing sets another. */
  String initial() {
    return initial;
  }

  /** Whether its values have an order, so that genes of it are Gray-coded. */
  boolean isOrdinal() {
    return words.isEmpty();
  }

  /**
   * The number that a value stands for; of a word its place among the words.
   *
   * @throws IllegalArgumentException if it is none of this setting
   */
  double parse(String value) {
    OptionalDouble number = isOrdinal() ? number(value) : place(value);
    return number.orElseThrow(
        () ->
            new IllegalArgumentException(
                Text.format("%s is %s, not '%s'", text(), expected, value)));
  }

  private OptionalDouble place(String word) {
    int index = Arrays.asList(words.split(" ", -1)).indexOf(word);
    return index < 0 ? OptionalDouble.empty() : OptionalDouble.of(index);
  }

  private OptionalDouble number(String text) {
    // No exponents: 1e5000000 is a number whose digits fill the memory.
    if (!NUMBER.matcher(text).matches()) {
      return OptionalDouble.empty();
    }
    double number = Double.parseDouble(text);
    boolean fits = step == 0 || (number - remainder) % step == 0;
    return number >= min && number <= max && fits
        ? OptionalDouble.of(number)
        : OptionalDouble.empty();
  }

  /** The stage that it belongs to; 0 for all. */
  int stage() {
    char last = name().charAt(name().length() - 1);
    return Character.isDigit(last) ? last - '0' : 0;
  }

  /** Whether it decides about channels. */
  boolean isOfWidth() {
    return this == WIDTH || name().startsWith("GROWTH");
  }

  /** Whether it decides about the number of blocks. */
  boolean isOfDepth() {
    return name().startsWith("BLOCKS");
  }

  /** Whether only files set it, and no gene. */
  boolean isOfFile() {
    return this == ROUND_TO || this == MAX_WIDTH;
  }

  /** The setting of this name in files, if a space of so many stages has it. */
  public static Optional<StagedSetting> find(String name, int stages) {
    return Arrays.stream(values())
        .filter(setting -> setting.text().equals(name) && setting.stage() <= stages)
        .findFirst();
  }

  /** The growth into a stage, from the second on. */
  static StagedSetting growth(int stage) {
    return valueOf("GROWTH" + stage);
  }

  /** The blocks of a stage. */
  static StagedSetting blocks(int stage) {
    return valueOf("BLOCKS" + stage);
  }

  /** The names of those that a space of so many stages has. */
  public static List<String> names(int stages) {
    List<String> names = new ArrayList<>();
    for (StagedSetting setting : values()) {
      if (setting.stage() <= stages) {
        names.add(setting.text());
      }
    }
    return names;
  }
}
