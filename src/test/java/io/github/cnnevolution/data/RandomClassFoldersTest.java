package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.testing.Pictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/** Random class folders: each is read correctly or rejected with a message of one line. */
class RandomClassFoldersTest {
  private static Path home;
  private static byte[] picture;

  /**
   * A file somewhere in the directory.
   *
   * @param content 0: a picture, 1: text, 2: half a picture
   */
  private record Entry(String part, String folder, String name, int content) {
    Path in(Path data) {
      return data.resolve(part).resolve(folder).resolve(name);
    }

    boolean counts() {
      return !folder.isEmpty() && !folder.startsWith(".") && name.matches("[^.].*\\.(png|JPG)");
    }
  }

  @BeforeContainer
  static void picture() throws IOException {
    home = Files.createTempDirectory("folders");
    picture = Files.readAllBytes(Pictures.write(home.resolve("some.png"), 5, 4, 0.3f, 1));
  }

  @AfterContainer
  static void delete() throws IOException {
    delete(home);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Property(tries = 400, seed = "1")
  void readsOrRejectsInOneLine(@ForAll("directories") List<Entry> entries) throws Exception {
    Path data = Files.createDirectory(home.resolve("data"));
    try {
      Set<Entry> written = new HashSet<>();
      for (Entry entry : entries) {
        if (write(entry, data)) {
          written.add(entry);
        }
      }
      List<Entry> counted =
          written.stream().filter(Entry::counts).filter(e -> !e.part().equals("notes")).toList();
      try {
        Dataset dataset =
            new DatasetLocator(Map.of(), home)
                .locate(Optional.of(data.toString()), ConversionListener.NONE)
                .dataset();
        Statistics.collect("read");
        assertTrue(counted.stream().allMatch(entry -> entry.content() == 0), entries.toString());
        assertEquals(count(counted, "train"), dataset.train().size());
        assertEquals(
            count(counted, "val"), dataset.validation().map(ImageSet::size).orElse(0).longValue());
        assertEquals(
            count(counted, "test"), dataset.test().map(ImageSet::size).orElse(0).longValue());
        for (int label = 0; label < dataset.train().classes(); label++) {
          assertTrue(Sample.counts(dataset.train())[label] > 0, "a class without pictures");
        }
      } catch (DatasetException e) {
        Statistics.collect("refused");
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertTrue(
            e.getMessage().contains(": expected ") && e.getMessage().contains(", found "),
            e.getMessage());
      }
      Statistics.coverage(coverage -> coverage.check("read").percentage(p -> p >= 10));
    } finally {
      delete(data);
    }
  }

  private static long count(List<Entry> entries, String part) {
    return entries.stream().filter(entry -> entry.part().equals(part)).count();
  }

  private static boolean write(Entry entry, Path data) throws IOException {
    Path file = entry.in(data);
    if (Files.exists(file)) {
      return false;
    }
    Files.createDirectories(file.getParent());
    byte[] content =
        switch (entry.content()) {
          case 0 -> picture;
          case 1 -> "no picture".getBytes(StandardCharsets.UTF_8);
          default -> Arrays.copyOf(picture, picture.length / 2);
        };
    Files.write(file, content);
    return true;
  }

  /** Half of the directories start with two classes, and most files are pictures. */
  @Provide
  Arbitrary<List<Entry>> directories() {
    Arbitrary<Entry> any =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    Tuple.of(4, Arbitraries.just("train")),
                    Tuple.of(2, Arbitraries.of("val", "test", "notes"))),
                Arbitraries.of("a", "b", "b", "a", "c c", ".hidden", ""),
                Arbitraries.of("1.png", "2.png", "3.JPG", "x y.png", ".4.png", "notes.txt", "png"),
                Arbitraries.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2))
            .as(Entry::new);
    Entry a = new Entry("train", "a", "0.png", 0);
    Entry b = new Entry("train", "b", "0.png", 0);
    return Combinators.combine(Arbitraries.of(List.of(a, b), List.of(a)), any.list().ofMaxSize(8))
        .as((first, more) -> Stream.concat(first.stream(), more.stream()).toList());
  }
}
