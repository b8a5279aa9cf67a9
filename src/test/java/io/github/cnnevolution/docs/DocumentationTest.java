package io.github.cnnevolution.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation says of files, classes and numbers is so. */
class DocumentationTest {
  private static final int README_BYTES = 8192;
  private static final String ROOT = "io/github/cnnevolution";
  private static final Path MAIN = Path.of("src/main/java", ROOT);
  private static final Pattern MAP_ROW =
      Pattern.compile("\\| ([^|]+) \\| `(\\w+)` \\| ([^|]+) \\|");
  private static final Pattern CLASS = Pattern.compile("`(\\w+)`");
  private static final Pattern TEST_CLASS =
      Pattern.compile("`([A-Z]\\w*(?:Test|IT|OnRecorder|Probe))`");

  @Test
  void theReadmeIsShort() throws IOException {
    long size = Files.size(Path.of("README.md"));
    assertTrue(size <= README_BYTES, "README.md has " + size + " bytes");
  }

  @Test
  void linksLeadSomewhere() {
    List<String> broken = new ArrayList<>();
    int count = 0;
    for (MarkdownFile file : MarkdownFile.all()) {
      for (MarkdownFile.Link link : file.links()) {
        if (!link.target().matches("https?:.*")) {
          count++;
          if (!leadsSomewhere(file, link.target())) {
            broken.add(file.path() + ":" + link.line() + ": " + link.target());
          }
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(count > 50, "only " + count + " links were found");
  }

  private static boolean leadsSomewhere(MarkdownFile file, String target) {
    String[] parts = target.split("#", 2);
    Path path = parts[0].isEmpty() ? file.path() : file.path().resolveSibling(parts[0]).normalize();
    return Files.exists(path)
        && (parts.length == 1 || MarkdownFile.read(path).anchors().contains(parts[1]));
  }

  @Test
  void everyDocumentOfTheManualIsLinkedFromTheReadme() throws IOException {
    Set<String> linked =
        MarkdownFile.read(Path.of("README.md")).links().stream()
            .map(MarkdownFile.Link::target)
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(Path.of("src/docs"))) {
      assertEquals(
          List.of(),
          files.map(Path::toString).filter(name -> !linked.contains(name)).sorted().toList());
    }
  }

  @Test
  void theMapNamesClassesThatExist() {
    String text = MarkdownFile.read(Path.of("CONTRIBUTING.md")).text();
    List<MatchResult> rows = MAP_ROW.matcher(text).results().toList();
    assertTrue(rows.size() >= 10, "only " + rows.size() + " rows were found");
    List<String> missing = new ArrayList<>();
    for (MatchResult row : rows) {
      List<MatchResult> names = CLASS.matcher(row.group(3)).results().toList();
      assertFalse(names.isEmpty(), row.group());
      names.stream()
          .map(name -> MAIN.resolve(row.group(2)).resolve(name.group(1) + ".java"))
          .filter(file -> !Files.exists(file))
          .forEach(file -> missing.add(row.group(1) + ": " + file));
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Set<String> existing;
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      existing =
          files
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .collect(Collectors.toSet());
    }
    Set<String> named = new TreeSet<>();
    for (MarkdownFile file : MarkdownFile.all()) {
      TEST_CLASS.matcher(file.text()).results().forEach(match -> named.add(match.group(1)));
    }
    assertTrue(named.size() > 40, "only " + named.size() + " tests were found");
    named.removeAll(existing);
    assertEquals(Set.of(), named);
  }

  @Test
  void launchesAreThoseOfTheTest() throws IOException {
    String launches =
        firstGroup(
            "LAUNCHES_A_STEP = (\\d+);",
            Files.readString(Path.of("src/test/java", ROOT, "cuda/LaunchesOnRecorder.java")));
    for (String document : List.of("src/docs/gpu.md", "src/docs/benchmarks.md")) {
      assertEquals(
          launches,
          firstGroup(
              "w32-k3-relu-ss [^.]*?\\b(\\d+) launches",
              Files.readString(Path.of(document)).replace("**", "").replace('\n', ' ')),
          document);
    }
  }

  private static String firstGroup(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.find(), pattern);
    return matcher.group(1);
  }
}
