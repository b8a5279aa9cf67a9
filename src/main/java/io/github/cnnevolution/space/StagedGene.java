package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One gene of a {@link StagedSpace}. With more numbers in its bits than values, neighbouring
 * numbers mean the same value.
 *
 * @param name lower-case letters, digits and underscores; unique in its space
 * @param sets what it decides, at least one
 * @param values their texts, different from each other; {@value #AS_BEFORE} may be the first: then
 *     what a gene before it has set stays, and chromosomes that end before this gene have this
 *     value
 * @param bits that hold it, from 1 to {@value Gene#MAX_BITS}
 * @param from its first bit
 */
public record StagedGene(
    String name, List<StagedSetting> sets, List<String> values, int bits, int from) {
  /** The value that changes nothing. */
  public static final String AS_BEFORE = "as before";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,30}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");

  /**
   * Checks the parts and writes numbers in the same way.
   *
   * @throws IllegalArgumentException if one cannot be used; the message begins with the gene
   */
  public StagedGene {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          Text.format(
              "gene '%s': a name has up to 31 lower-case letters, digits and underscores, and begins with a letter",
              name));
    }
    sets = List.copyOf(sets);
    values = values.stream().map(StagedGene::canonical).toList();
    if (sets.isEmpty()) {
      throw wrong(name, "sets nothing");
    }
    if (values.isEmpty()) {
      throw wrong(name, "has no values; give at least one");
    }
    if (bits < 1 || bits > Gene.MAX_BITS || from < 0) {
      throw wrong(name, Text.format("%d bits at %d; give 1 to %d bits", bits, from, Gene.MAX_BITS));
    }
    if (values.size() > (1 << bits)) {
      throw wrong(
          name,
          Text.format(
              "%d values need %d bits, not %d", values.size(), bitsFor(values.size()), bits));
    }
    Set<String> seen = new TreeSet<>();
    for (String value : values) {
      if (!seen.add(value)) {
        throw wrong(name, Text.format("value %s is there twice", value));
      }
    }
    if (values.indexOf(AS_BEFORE) > 0) {
      throw wrong(name, "'" + AS_BEFORE + "' must be the first value");
    }
    for (StagedSetting setting : sets) {
      for (String value : values) {
        check(name, setting, value);
      }
    }
  }

  private static void check(String name, StagedSetting setting, String value) {
    if (setting.isOfFile()) {
      throw wrong(name, setting.text() + " is the same for all networks; write it into fixed");
    }
    if (!value.equals(AS_BEFORE)) {
      try {
        setting.parse(value);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("gene " + name + ": " + e.getMessage(), e);
      }
    }
  }

  private static IllegalArgumentException wrong(String name, String what) {
    return new IllegalArgumentException("gene " + name + ": " + what);
  }

  /** The fewest bits for so many values, at least 1. */
  public static int bitsFor(int values) {
    return Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(values - 1));
  }

  /** A number without needless digits, so that 2 and 2.0 are the same. */
  public static String canonical(String value) {
    return NUMBER.matcher(value).matches()
        ? new BigDecimal(value).stripTrailingZeros().toPlainString()
        : value;
  }

  /** The bit after its last. */
  public int to() {
    return from + bits;
  }

  /** Whether it came later, so that chromosomes may end before it. */
  public boolean isLater() {
    return values.get(0).equals(AS_BEFORE);
  }

  /** The place of its value among {@link #values} in a chromosome. */
  int read(Chromosome chromosome, Gene gene) {
    return to() > chromosome.length() ? 0 : place(gene.read(chromosome));
  }

  private int place(int number) {
    return (int) (((long) number * values.size()) >> bits);
  }

  /** The smallest number that means a value. */
  private int number(int place) {
    return IntStream.range(0, 1 << bits).filter(n -> place(n) == place).findFirst().orElseThrow();
  }

  /** Writes the value at this place into the bits of a chromosome, if they reach so far. */
  void write(char[] chromosome, int place) {
    if (to() > chromosome.length) {
      return;
    }
    gene().write(chromosome, number(place));
  }

  private Gene.Coding coding() {
    return sets.get(0).isOrdinal() ? Gene.Coding.GRAY : Gene.Coding.BINARY;
  }

  /** The bits with a label for each number. */
  Gene gene() {
    List<String> labels = new ArrayList<>();
    for (int number = 0; number < (1 << bits); number++) {
      labels.add(values.get(place(number)));
    }
    return new Gene(name, from, to(), labels, coding());
  }

  /** This gene with some of its values. */
  StagedGene with(List<String> some) {
    return new StagedGene(name, sets, some, bits, from);
  }
}
