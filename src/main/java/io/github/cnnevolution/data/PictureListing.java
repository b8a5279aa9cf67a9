package io.github.cnnevolution.data;

import io.github.cnnevolution.files.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What lies in class folders, before a picture is opened.
 *
 * <p>Classes, and the pictures of a class, are in the order of their names, byte by byte: for UTF-8
 * that is the order of code points, whatever the locale. The pictures of a part come in rounds, one
 * of each class that has one left, so that the first of them are balanced too.
 *
 * @param classes the folders of {@code train/}
 * @param parts {@code train}, then {@code val} and {@code test} where they exist
 * @param leftOut how many entries are hidden or no pictures by their names
 */
record PictureListing(ClassNames classes, List<Part> parts, int leftOut) {
  static final String TRAIN = "train";
  static final String VALIDATION = "val";
  static final String TEST = "test";

  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  /** Names in one message; those after them are counted. */
  private static final int NAMED = 10;

  /** Copies the parts. */
  PictureListing {
    parts = List.copyOf(parts);
  }

  /**
   * A directory with class folders.
   *
   * @param name of the directory
   * @param pictures at least one
   */
  record Part(String name, List<Picture> pictures) {
    /** Copies the pictures. */
    Part {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * A file that is a picture by its name.
   *
   * @param label the number of its class
   * @param size in bytes
   * @param modified when its content changed last, in nanoseconds since 1970
   * @param changed when anything about it changed last; programs cannot set this back
   */
  record Picture(Path file, int label, long size, long modified, long changed) {}

  /** The visible directories in {@code train/}. */
  static List<Path> classFolders(Path directory) throws IOException {
    return entries(directory.resolve(TRAIN)).stream()
        .filter(entry -> !isHidden(entry) && Files.isDirectory(entry))
        .toList();
  }

  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    // All have the same parent, so this is the order of their names.
    entries.sort(null);
    return entries;
  }

  private static boolean isHidden(Path entry) {
    return name(entry).startsWith(".");
  }

  private static String name(Path entry) {
    return entry.getFileName().toString();
  }

  /**
   * Looks at everything in a directory.
   *
   * @throws DatasetException if it is not as {@link ClassFolders} wants it
   */
  static PictureListing of(Path directory) {
    try {
      return new Scan(directory).listing();
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  /**
   * Looks for the classes alone.
   *
   * @throws DatasetException if there are fewer than 2, or the directory cannot be read
   */
  static ClassNames classes(Path directory) {
    try {
      return new Scan(directory).classes();
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static DatasetException unreadable(Path directory, IOException cause) {
    return new DatasetException(
        directory,
        "readable directories and files",
        "the error " + Failures.describe(cause),
        "check permissions and disk",
        cause);
  }

  /** One look at a directory. */
  private static final class Scan {
    private final Path directory;
    private final Map<String, Integer> labels = new LinkedHashMap<>();
    private int leftOut;

    Scan(Path directory) throws IOException {
      this.directory = directory;
      for (Path folder : classFolders(directory)) {
        labels.put(name(folder), labels.size());
      }
      if (labels.size() < 2) {
        throw new DatasetException(
            directory.resolve(TRAIN),
            "at least 2 class folders",
            labels.isEmpty() ? "none" : "only " + named(List.copyOf(labels.keySet())),
            "put the pictures of each class into a folder of its own there");
      }
    }

    PictureListing listing() throws IOException {
      List<Part> parts = new ArrayList<>();
      parts.add(part(TRAIN));
      for (String name : List.of(VALIDATION, TEST)) {
        if (Files.exists(directory.resolve(name))) {
          parts.add(part(name));
        }
      }
      return new PictureListing(classes(), parts, leftOut);
    }

    ClassNames classes() {
      return new ClassNames(List.copyOf(labels.keySet()));
    }

    private Part part(String name) throws IOException {
      Path part = directory.resolve(name);
      List<List<Picture>> byClass = new ArrayList<>();
      labels.keySet().forEach(unused -> byClass.add(List.of()));
      List<String> unknown = new ArrayList<>();
      for (Path entry : entries(part)) {
        Integer label = labels.get(name(entry));
        if (isHidden(entry) || !Files.isDirectory(entry)) {
          leftOut++;
        } else if (label == null) {
          unknown.add(name(entry));
        } else {
          byClass.set(label, pictures(entry, label));
        }
      }
      if (!unknown.isEmpty()) {
        throw new DatasetException(
            part,
            "no other class folders than train/ has",
            named(unknown),
            "add them to train/, or remove them");
      }
      check(part, byClass);
      return new Part(name, rounds(byClass));
    }

    private void check(Path part, List<List<Picture>> byClass) {
      List<String> empty = new ArrayList<>();
      labels.forEach(
          (name, label) -> {
            if (byClass.get(label).isEmpty()) {
              empty.add(name);
            }
          });
      // What is not learned cannot be told; but a class may be missing in the other parts.
      boolean train = part.endsWith(TRAIN);
      if (train ? !empty.isEmpty() : empty.size() == labels.size()) {
        throw new DatasetException(
            part,
            "pictures (%s) in %s"
                .formatted(
                    String.join(", ", ENDINGS), train ? "each class folder" : "its class folders"),
            train ? "none in " + named(empty) : "none",
            train ? "fill or remove these folders" : "fill or remove this directory");
      }
    }

    private List<Picture> pictures(Path folder, int label) throws IOException {
      List<Picture> pictures = new ArrayList<>();
      for (Path entry : entries(folder)) {
        String lower = name(entry).toLowerCase(Locale.ROOT);
        if (isHidden(entry)
            || ENDINGS.stream().noneMatch(lower::endsWith)
            || Files.isDirectory(entry)) {
          leftOut++;
        } else {
          pictures.add(picture(entry, label));
        }
      }
      return pictures;
    }

    private static Picture picture(Path file, int label) throws IOException {
      try {
        Map<String, Object> found = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime");
        return new Picture(
            file,
            label,
            (Long) found.get("size"),
            nanos(found.get("lastModifiedTime")),
            nanos(found.get("ctime")));
      } catch (NoSuchFileException e) {
        throw broken(file, "a link to nothing", e);
      }
    }

    private static long nanos(Object time) {
      return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    private static List<Picture> rounds(List<List<Picture>> byClass) {
      List<Picture> pictures = new ArrayList<>();
      int rounds = byClass.stream().mapToInt(List::size).max().orElse(0);
      for (int round = 0; round < rounds; round++) {
        for (List<Picture> some : byClass) {
          if (round < some.size()) {
            pictures.add(some.get(round));
          }
        }
      }
      return pictures;
    }
  }

  /** What to say of a file that is a picture by its name alone. */
  static DatasetException broken(Path file, String found, Throwable cause) {
    return new DatasetException(
        file, "a PNG or JPEG picture", found, "replace it or remove it", cause);
  }

  private static String named(List<String> names) {
    String first =
        names.stream().limit(NAMED).map("'%s'"::formatted).collect(Collectors.joining(", "));
    return names.size() <= NAMED ? first : first + " and %d more".formatted(names.size() - NAMED);
  }

  /** The part of this name, if there is one. */
  Optional<Part> part(String name) {
    return parts.stream().filter(part -> part.name().equals(name)).findFirst();
  }

  /** How many pictures all parts have. */
  int size() {
    return parts.stream().mapToInt(part -> part.pictures().size()).sum();
  }

  /**
   * SHA-256 over the names of all pictures in their order, with sizes and times.
   *
   * <p>Content would be surer by a hair, but all of it would have to be read at each start: half a
   * minute for 10 GB, where this takes a fraction of a second. A file whose content changes gets a
   * new time of change from the kernel, even where its size and its time of modification stay.
   */
  byte[] digest() {
    MessageDigest sha256 = Sha256.begin();
    for (Part part : parts) {
      for (Picture picture : part.pictures()) {
        // No file name has a NUL in it, so that no two listings look alike.
        String text =
            "%s\0%s\0%s\0%d\0%d\0%d\0%d\0"
                .formatted(
                    part.name(),
                    picture.file().getParent().getFileName(),
                    picture.file().getFileName(),
                    picture.label(),
                    picture.size(),
                    picture.modified(),
                    picture.changed());
        sha256.update(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    return sha256.digest();
  }
}
