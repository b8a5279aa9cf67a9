package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Locale;

/**
 * How a page shows one gene: a chart that compares the networks by its values, and a filter.
 *
 * <p>Names and labels are for people; a page takes what it shows of genes from here and knows no
 * gene itself.
 *
 * @param gene its name among {@link Architecture#genes}
 * @param title heading of the chart, such as {@code Stem width and depth}
 * @param axis what the values are, such as {@code side of the kernel}
 * @param values what {@link Architecture#genes} may say of it, in the order of the chart
 * @param places 0 if a network has one of the values. Otherwise the gene is a sequence: its label
 *     has one character for each place, and each is one of the values, as in {@code dsd} for three
 *     blocks; then this is the length of the longest
 */
public record GeneView(String gene, String title, String axis, List<Value> values, int places) {
  /**
   * One value of a gene.
   *
   * @param label as {@link Architecture#genes} has it, such as {@code 3}
   * @param caption what a chart writes below its group, line by line, such as {@code 3 × 3}
   */
  public record Value(String label, List<String> caption) {
    /** Copies the lines. */
    public Value {
      caption = List.copyOf(caption);
    }

    /** A value with these lines; with its label if there are none. */
    public static Value of(String label, String... caption) {
      return new Value(label, caption.length == 0 ? List.of(label) : List.of(caption));
    }
  }

  /**
   * Checks and copies the values.
   *
   * @throws IllegalArgumentException if two have the same label, or a value of a sequence has more
   *     than one character
   */
  public GeneView {
    values = List.copyOf(values);
    if (values.stream().map(Value::label).distinct().count() < values.size()) {
      throw new IllegalArgumentException(Text.format("gene %s: a label is there twice", gene));
    }
    if (places > 0 && values.stream().anyMatch(value -> value.label().length() != 1)) {
      throw new IllegalArgumentException(
          Text.format("gene %s: a value of a sequence is one character", gene));
    }
  }

  /** The view of a gene under its name, with a value for each label that it has. */
  public static GeneView of(Gene gene) {
    return of(gene.name(), gene.values());
  }

  /** The view of a gene under its name, with a value for each different label. */
  public static GeneView of(String gene, List<String> labels) {
    String title =
        gene.isEmpty() ? gene : gene.substring(0, 1).toUpperCase(Locale.ROOT) + gene.substring(1);
    return new GeneView(gene, title, gene, labels.stream().distinct().map(Value::of).toList(), 0);
  }
}
