package io.github.cnnevolution.report;

import java.util.ArrayList;
import java.util.List;

/** Wraps lines between words for narrow terminals. */
public final class Fold {
  private Fold() {}

  /**
   * Wraps a line to the width of the terminal. A word that is longer than a line, such as a path,
   * stays whole.
   *
   * @param indent spaces before all lines but the first
   */
  public static String line(String line, Style style, int indent) {
    int width = style.columns().getAsInt() - 1;
    if (line.length() <= width) {
      return line;
    }
    List<String> lines = new ArrayList<>();
    StringBuilder current = new StringBuilder();
    for (String word : line.split("(?<=\\S)(?= )", -1)) {
      boolean first = current.toString().isBlank();
      if (!first && current.length() + word.length() > width) {
        lines.add(current.toString());
        current = new StringBuilder(" ".repeat(indent)).append(word.strip());
      } else {
        current.append(word);
      }
    }
    lines.add(current.toString());
    return String.join(System.lineSeparator(), lines);
  }
}
