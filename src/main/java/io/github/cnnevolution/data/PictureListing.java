package io.github.cnnevolution.data;

import io.github.cnnevolution.files.Sha256;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The content of class folders. Listing does not open any picture.
 *
 * <p>Classes, and the pictures of a class, are sorted by name, byte by byte. For UTF-8 this is the
 * order of code points, independent of the locale. The pictures of a part are listed round robin,
 * one of each class in turn, so any prefix of the list is balanced as well.
 *
 * @param classes the names of the folders in {@code train/}
 * @param parts {@code train}, then {@code val} and {@code test} if they exist
 * @param skipped the number of entries that are hidden or do not have the name of a picture
 * @param others those of them that have the name of a picture in a format that is not read, such as
 *     {@code train/ant/1.webp}
 * @param unused the names of the directories beside the parts
 */
record PictureListing(
    ClassNames classes, List<Part> parts, int skipped, List<String> others, List<String> unused) {
  static final String TRAIN = "train";
  static final String VALIDATION = "val";
  static final String TEST = "test";

  private static final List<String> EXTENSIONS = List.of(".png", ".jpg", ".jpeg");

  private static final List<String> OTHER_EXTENSIONS =
      List.of(".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif", ".jp2", ".jxl");

  /** The number of names in one message. Further names are only counted. */
  static final int MAX_NAMES = 10;

  /** The size of a picture that is a broken link. */
  private static final long BROKEN = -1;

  /** Copies the lists. */
  PictureListing {
    parts = List.copyOf(parts);
    others = List.copyOf(others);
    unused = List.copyOf(unused);
  }

  /**
   * A directory with class folders.
   *
   * @param name the name of the directory
   * @param pictures at least one picture
   */
  record Part(String name, List<Picture> pictures) {
    /** Copies the pictures. */
    Part {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * A file with the name of a picture.
   *
   * @param label the number of its class
   * @param size the size in bytes
   * @param modified the time of the last change of the content, in nanoseconds since 1970
   * @param changed the time of the last change of content or attributes (ctime), in nanoseconds
   *     since 1970; programs cannot set it back
   */
  record Picture(Path file, int label, long size, long modified, long changed) {}

  /** Returns the visible directories in {@code train/}. */
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
    // All entries have the same parent, so this sorts by name.
    entries.sort(null);
    return entries;
  }

  private static boolean isHidden(Path entry) {
    return name(entry).startsWith(".");
  }

  private static String name(Path entry) {
    return FileName.of(entry);
  }

  /**
   * Lists all pictures of a directory.
   *
   * @throws DatasetException if the directory does not have the layout that {@link ClassFolders}
   *     requires
   */
  static PictureListing of(Path directory) {
    try {
      return new Scan(directory).listing();
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  /**
   * Lists only the classes of a directory.
   *
   * @throws DatasetException if there are fewer than 2 classes, or the directory cannot be read
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
        "check the permissions and the disk",
        cause);
  }

  /** One scan of a directory. */
  private static final class Scan {
    private final Path directory;
    private final List<String> names = new ArrayList<>();

    /** The labels by the composed form (NFC) of the name. */
    private final Map<String, Integer> labels = new LinkedHashMap<>();

    private int skipped;
    private final List<String> others = new ArrayList<>();

    Scan(Path directory) throws IOException {
      this.directory = directory;
      for (Path folder : classFolders(directory)) {
        Integer other = labels.putIfAbsent(composed(name(folder)), names.size());
        if (other != null) {
          throw lookAlike(directory.resolve(TRAIN), name(folder));
        }
        names.add(name(folder));
      }
      if (labels.size() < 2) {
        throw new DatasetException(
            directory.resolve(TRAIN),
            "at least 2 class folders",
            labels.isEmpty() ? "none" : "only " + quoted(names),
            "put the pictures of each class into a folder of its own there");
      }
    }

    /** Returns a name in the form that most systems write. macOS writes another one. */
    private static String composed(String name) {
      return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static DatasetException lookAlike(Path part, String name) {
      return new DatasetException(
          part,
          "class folders whose names look different",
          Text.format("'%s' in two Unicode forms (composed NFC and decomposed NFD)", name),
          "merge the two folders, or rename one");
    }

    PictureListing listing() throws IOException {
      List<Part> parts = new ArrayList<>();
      parts.add(part(TRAIN));
      for (String name : List.of(VALIDATION, TEST)) {
        if (Files.exists(directory.resolve(name))) {
          parts.add(part(name));
        }
      }
      return new PictureListing(classes(), parts, skipped, others, unused());
    }

    private List<String> unused() throws IOException {
      return entries(directory).stream()
          .filter(entry -> !isHidden(entry) && Files.isDirectory(entry))
          .map(PictureListing::name)
          .filter(name -> !List.of(TRAIN, VALIDATION, TEST).contains(name))
          .toList();
    }

    ClassNames classes() {
      return new ClassNames(names);
    }

    private Part part(String name) throws IOException {
      Path part = directory.resolve(name);
      List<List<Picture>> byClass = new ArrayList<>();
      names.forEach(unused -> byClass.add(List.of()));
      Set<Integer> seen = new HashSet<>();
      List<String> unknown = new ArrayList<>();
      for (Path entry : entries(part)) {
        Integer label = labels.get(composed(name(entry)));
        if (isHidden(entry) || !Files.isDirectory(entry)) {
          skipped++;
        } else if (label == null) {
          unknown.add(name(entry));
        } else if (!seen.add(label)) {
          throw lookAlike(part, name(entry));
        } else {
          byClass.set(label, pictures(entry, label));
        }
      }
      if (!unknown.isEmpty()) {
        throw new DatasetException(
            part,
            "only class folders that train/ has too",
            quoted(unknown),
            "add them to train/, or remove them");
      }
      check(part, byClass);
      return new Part(name, roundRobin(byClass));
    }

    private void check(Path part, List<List<Picture>> byClass) {
      List<String> empty = new ArrayList<>();
      for (int label = 0; label < names.size(); label++) {
        if (byClass.get(label).isEmpty()) {
          empty.add(names.get(label));
        }
      }
      // Every class needs training pictures, but the other parts may lack a class.
      boolean train = part.endsWith(TRAIN);
      if (train ? !empty.isEmpty() : empty.size() == names.size()) {
        throw new DatasetException(
            part,
            Text.format(
                "pictures (%s) in %s",
                String.join(", ", EXTENSIONS), train ? "each class folder" : "its class folders"),
            train ? "none in " + quoted(empty) : "none",
            train ? "fill or remove these folders" : "fill or remove this directory");
      }
    }

    private List<Picture> pictures(Path folder, int label) throws IOException {
      List<Picture> pictures = new ArrayList<>();
      for (Path entry : entries(folder)) {
        String lower = name(entry).toLowerCase(Locale.ROOT);
        if (isHidden(entry)
            || EXTENSIONS.stream().noneMatch(lower::endsWith)
            || Files.isDirectory(entry)) {
          skipped++;
          if (!isHidden(entry) && OTHER_EXTENSIONS.stream().anyMatch(lower::endsWith)) {
            others.add(String.join("/", name(folder.getParent()), name(folder), name(entry)));
          }
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
        // The conversion will name it, together with other pictures that cannot be read.
        return new Picture(file, label, BROKEN, 0, 0);
      }
    }

    private static long nanos(Object time) {
      return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    private static List<Picture> roundRobin(List<List<Picture>> byClass) {
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

  /**
   * Returns the exception for files that have the name of a picture and cannot be read.
   *
   * @param directory of the listing
   * @param reasons the reason for each file, at least one, in the order of the listing
   */
  static DatasetException unreadable(Path directory, Map<Path, String> reasons) {
    if (reasons.size() == 1) {
      Map.Entry<Path, String> only = reasons.entrySet().iterator().next();
      return new DatasetException(
          only.getKey(),
          "a PNG or JPEG picture",
          Text.format("one that cannot be read (%s)", only.getValue()),
          "replace it or remove it");
    }
    String first =
        reasons.entrySet().stream()
            .limit(MAX_NAMES)
            .map(e -> Text.format("%s (%s)", directory.relativize(e.getKey()), e.getValue()))
            .collect(Collectors.joining(", "));
    String more =
        reasons.size() <= MAX_NAMES ? "" : Text.format(" and %d more", reasons.size() - MAX_NAMES);
    return new DatasetException(
        directory,
        "PNG or JPEG pictures",
        Text.format("%d pictures that cannot be read: %s%s", reasons.size(), first, more),
        "replace them or remove them");
  }

  private static String quoted(List<String> names) {
    String first =
        names.stream()
            .limit(MAX_NAMES)
            .map(name -> Text.format("'%s'", name))
            .collect(Collectors.joining(", "));
    return names.size() <= MAX_NAMES
        ? first
        : first + Text.format(" and %d more", names.size() - MAX_NAMES);
  }

  /** Returns the part with this name, if it exists. */
  Optional<Part> part(String name) {
    return parts.stream().filter(part -> part.name().equals(name)).findFirst();
  }

  /** Returns the number of pictures in all parts. */
  int size() {
    return parts.stream().mapToInt(part -> part.pictures().size()).sum();
  }

  /**
   * Returns the SHA-256 of the names of all pictures in order, with sizes and times.
   *
   * <p>A digest of the content would be slightly safer, but every start would have to read all of
   * it: half a minute for 10 GB. This digest takes a fraction of a second. When the content of a
   * file changes, the kernel updates its ctime, even if size and modification time stay the same.
   */
  byte[] digest() {
    MessageDigest sha256 = Sha256.begin();
    for (Part part : parts) {
      for (Picture picture : part.pictures()) {
        // A file name cannot contain NUL, so different listings have different texts.
        String text =
            Text.format(
                "%s\0%s\0%s\0%d\0%d\0%d\0%d\0",
                part.name(),
                FileName.of(picture.file().getParent()),
                FileName.of(picture.file()),
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
