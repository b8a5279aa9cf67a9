package io.github.cnnevolution.report;

import java.util.ArrayList;
import java.util.List;

/** Breaks lines for narrow terminals between words. */
public final class Fold {
  private Fold() {}

  /**
   * A line as several, each narrower than the terminal. A word that is longer than a line stays
   * whole, as a path must.
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
