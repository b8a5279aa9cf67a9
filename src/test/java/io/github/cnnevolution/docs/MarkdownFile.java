package io.github.cnnevolution.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Markdown file of the documentation, read as far as its tests need it.
 *
 * @param path relative to the project's root
 * @param lines all of them
 */
record MarkdownFile(Path path, List<String> lines) {
  private static final String FENCE = "```";
  private static final Pattern LINK = Pattern.compile("(?<!\\\\)\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

  MarkdownFile {
    lines = List.copyOf(lines);
  }

  /**
   * A fenced block.
   *
   * @param language as written behind the opening fence; may be empty
   * @param firstLine the number of the first line inside, from 1
   */
  record Block(String language, int firstLine, List<String> lines) {
    Block {
      lines = List.copyOf(lines);
    }

    String text() {
      return String.join("\n", lines) + "\n";
    }
  }

  /**
   * A link.
   *
   * @param line its number, from 1
   */
  record Link(int line, String target) {}

  /** All documents: those at the root, the manual, and those beside scripts. */
  static List<MarkdownFile> all() {
    List<MarkdownFile> files = new ArrayList<>();
    for (String directory : List.of(".", "src/docs", "benchmarks", "native-config")) {
      int depth = directory.equals(".") ? 1 : 2;
      try (Stream<Path> paths = Files.walk(Path.of(directory), depth)) {
        paths
            .map(Path::normalize)
            .filter(path -> path.toString().endsWith(".md"))
            .sorted()
            .forEach(path -> files.add(read(path)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  static MarkdownFile read(Path path) {
    try {
      return new MarkdownFile(path, Files.readAllLines(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }

  /** The fenced blocks in their order. */
  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    int open = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(FENCE)) {
        if (open < 0) {
          open = i;
        } else {
          String language = lines.get(open).substring(FENCE.length()).strip();
          blocks.add(new Block(language, open + 2, lines.subList(open + 1, i)));
          open = -1;
        }
      }
    }
    if (open >= 0) {
      throw new IllegalStateException(path + ":" + (open + 1) + ": the block is not closed");
    }
    return blocks;
  }

  /** The links outside of blocks. */
  List<Link> links() {
    List<Link> links = new ArrayList<>();
    boolean inside = false;
    for (int i = 0; i < lines.size(); i++) {
      inside ^= lines.get(i).startsWith(FENCE);
      if (!inside) {
        int number = i + 1;
        LINK.matcher(lines.get(i))
            .results()
            .forEach(match -> links.add(new Link(number, match.group(1))));
      }
    }
    return links;
  }

  /** The anchors of the headings, by GitHub's rule. */
  List<String> anchors() {
    List<String> anchors = new ArrayList<>();
    boolean inside = false;
    for (String line : lines) {
      inside ^= line.startsWith(FENCE);
      if (!inside && line.matches("#{1,6} .*")) {
        anchors.add(
            line.replaceFirst("#+ ", "")
                .strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-'));
      }
    }
    return anchors;
  }
}
