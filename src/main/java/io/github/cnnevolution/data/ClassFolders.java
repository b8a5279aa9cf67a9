package io.github.cnnevolution.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads pictures of one's own: {@code train/<class>/*.png}, {@code .jpg} or {@code .jpeg}, and in
 * the same way {@code val/} and {@code test/}, which may be missing.
 *
 * <p>Each picture becomes an image of {@value ImageSet#SIDE} x {@value ImageSet#SIDE} by the rule
 * of {@link PictureFile}, once: the result is kept in the user's cache directory. Classes have the
 * names of their folders, in the order of {@link PictureListing}. Hidden files and files with other
 * endings are left out.
 */
public final class ClassFolders {
  private ClassFolders() {}

  /** Whether a directory is meant to hold class folders, rather than the files of CIFAR-100. */
  public static boolean isAt(Path directory) {
    Path train = directory.resolve(PictureListing.TRAIN);
    if (!Files.isDirectory(train)) {
      return false;
    }
    try {
      return !PictureListing.classFolders(directory).isEmpty()
          || !Files.exists(directory.resolve(Cifar100Files.TRAIN));
    } catch (IOException e) {
      // Whoever reads it will say so.
      return true;
    }
  }

  /**
   * The names of the classes alone.
   *
   * @throws DatasetException if there are fewer than two, or the directory cannot be read
   */
  public static ClassNames names(Path directory) {
    return PictureListing.classes(directory);
  }

  /**
   * Reads a directory with class folders, 3 KB of memory a picture.
   *
   * @param cache the cache directory of the program
   * @param listener hears of each picture that is converted
   * @throws DatasetException if a picture cannot be read, a class of {@code train/} has none, or
   *     another part has classes that {@code train/} lacks
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  static DatasetLocator.Located read(Path directory, Path cache, ConversionListener listener)
      throws InterruptedException {
    PictureListing listing = PictureListing.of(directory);
    checkSize(directory, listing);
    List<String> notices = new ArrayList<>();
    List<byte[]> pixels = pixels(directory, listing, cache, listener, notices);
    List<ImageSet> sets = new ArrayList<>();
    for (int i = 0; i < pixels.size(); i++) {
      int[] labels =
          listing.parts().get(i).pictures().stream()
              .mapToInt(PictureListing.Picture::label)
              .toArray();
      sets.add(ImageSet.owning(pixels.get(i), labels, listing.classes().names().size()));
    }
    Optional<ImageSet> validation = part(listing, sets, PictureListing.VALIDATION);
    Optional<ImageSet> test = part(listing, sets, PictureListing.TEST);
    if (test.isEmpty()) {
      notices.add(0, "no test/, so no test accuracy is measured");
    }
    if (listing.leftOut() > 0) {
      notices.add(
          "%d entries left out that are hidden or not .png, .jpg or .jpeg"
              .formatted(listing.leftOut()));
    }
    Dataset dataset =
        new Dataset(name(directory, listing), listing.classes(), sets.get(0), validation, test);
    return new DatasetLocator.Located(
        dataset,
        notices.isEmpty()
            ? Optional.empty()
            : Optional.of("%s: %s".formatted(directory, String.join("; ", notices))));
  }

  private static Optional<ImageSet> part(PictureListing listing, List<ImageSet> sets, String name) {
    return listing.part(name).map(part -> sets.get(listing.parts().indexOf(part)));
  }

  private static String name(Path directory, PictureListing listing) {
    String counts =
        listing.parts().stream()
            .map(part -> "%d %s".formatted(part.pictures().size(), word(part.name())))
            .collect(Collectors.joining(", "));
    return "pictures (%d classes, %s images, %s)"
        .formatted(listing.classes().names().size(), counts, directory);
  }

  private static String word(String part) {
    return switch (part) {
      case PictureListing.TRAIN -> "training";
      case PictureListing.VALIDATION -> "validation";
      default -> part;
    };
  }

  private static void checkSize(Path directory, PictureListing listing) {
    int most = Integer.MAX_VALUE / ImageSet.PIXELS;
    for (PictureListing.Part part : listing.parts()) {
      if (part.pictures().size() > most) {
        throw new DatasetException(
            directory.resolve(part.name()),
            "at most %d pictures".formatted(most),
            String.valueOf(part.pictures().size()),
            "use fewer");
      }
    }
  }

  /** From the cache, or converted now and kept there. */
  private static List<byte[]> pixels(
      Path directory,
      PictureListing listing,
      Path cache,
      ConversionListener listener,
      List<String> notices)
      throws InterruptedException {
    try {
      PictureCache kept = PictureCache.of(cache, directory);
      Optional<List<byte[]>> found = kept.read(listing);
      if (found.isPresent()) {
        return found.get();
      }
      List<byte[]> converted = PictureConversion.convert(listing, listener);
      try {
        kept.write(listing, converted);
      } catch (IOException e) {
        notices.add(
            "the converted pictures cannot be kept (%s), and are converted again next time"
                .formatted(Failures.describe(e)));
      }
      return converted;
    } catch (IOException e) {
      throw new DatasetException(
          directory, "a directory", "the error " + Failures.describe(e), "check its path", e);
    }
  }
}
