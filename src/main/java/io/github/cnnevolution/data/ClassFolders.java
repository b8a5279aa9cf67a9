package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads the user's own pictures: {@code train/<class>/*.png}, {@code .jpg} or {@code .jpeg}. The
 * directories {@code val/} and {@code test/} have the same layout and are optional.
 *
 * <p>{@link PictureFile} converts each picture to an image of {@value ImageSet#SIDE} x {@value
 * ImageSet#SIDE} pixels. The results are cached in the user's cache directory. The folder names are
 * the class names, in the order of {@link PictureListing}. Hidden files and files with other
 * extensions are skipped.
 */
public final class ClassFolders {
  private ClassFolders() {}

  /** Returns whether a directory has the layout of class folders rather than of CIFAR-100. */
  public static boolean isAt(Path directory) {
    Path train = directory.resolve(PictureListing.TRAIN);
    if (!Files.isDirectory(train)) {
      return false;
    }
    try {
      return !PictureListing.classFolders(directory).isEmpty()
          || !Files.exists(directory.resolve(Cifar100Files.TRAIN));
    } catch (IOException e) {
      // Reading the directory will report the error.
      return true;
    }
  }

  /**
   * Returns only the names of the classes.
   *
   * @throws DatasetException if there are fewer than two classes, or the directory cannot be read
   */
  public static ClassNames names(Path directory) {
    return PictureListing.classes(directory);
  }

  /**
   * Reads a directory with class folders. Needs 3 KB of memory per picture.
   *
   * @param cache the program's cache directory
   * @param listener receives the progress of the conversion
   * @throws DatasetException if a picture cannot be read, a class of {@code train/} has no picture,
   *     or another part has a class that {@code train/} lacks
   * @throws InterruptedException if the thread is interrupted during the conversion
   */
  static DatasetLocator.Located read(Path directory, Path cache, ConversionListener listener)
      throws InterruptedException {
    PictureListing listing = PictureListing.of(directory);
    checkSize(directory, listing);
    List<String> notices = new ArrayList<>();
    List<ByteBuffer> pixels = pixels(directory, listing, cache, listener, notices);
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
    if (listing.skipped() > 0) {
      notices.add(
          Text.format(
              "skipped entries that are hidden or not .png, .jpg or .jpeg: %d", listing.skipped()));
    }
    if (!listing.others().isEmpty()) {
      notices.add(
          Text.format(
              "pictures among them, which would have to be converted to PNG or JPEG: %s",
              names(listing.others(), "")));
    }
    if (!listing.unused().isEmpty()) {
      notices.add(unused(listing.unused()));
    }
    Dataset dataset =
        new Dataset(name(directory, listing), listing.classes(), sets.get(0), validation, test);
    notices.addAll(DatasetChecks.sharedImages(dataset));
    return new DatasetLocator.Located(dataset, DatasetLocator.notice(directory, notices));
  }

  private static String unused(List<String> directories) {
    return Text.format(
        "not used: %s (validation pictures belong in val/, test pictures in test/)",
        names(directories, "/"));
  }

  /** The first names, each with an end, and the number of the others. */
  private static String names(List<String> all, String end) {
    int max = PictureListing.MAX_NAMES;
    String first =
        all.stream().limit(max).map(name -> name + end).collect(Collectors.joining(", "));
    return all.size() > max ? Text.format("%s and %d more", first, all.size() - max) : first;
  }

  private static Optional<ImageSet> part(PictureListing listing, List<ImageSet> sets, String name) {
    return listing.part(name).map(part -> sets.get(listing.parts().indexOf(part)));
  }

  private static String name(Path directory, PictureListing listing) {
    String counts =
        listing.parts().stream()
            .map(part -> Text.format("%d %s", part.pictures().size(), partName(part.name())))
            .collect(Collectors.joining(", "));
    return Text.format(
        "pictures (%d classes, %s images, %s)",
        listing.classes().names().size(), counts, directory);
  }

  private static String partName(String part) {
    return switch (part) {
      case PictureListing.TRAIN -> "training";
      case PictureListing.VALIDATION -> "validation";
      default -> part;
    };
  }

  private static void checkSize(Path directory, PictureListing listing) {
    int maxPictures = Integer.MAX_VALUE / ImageSet.PIXELS;
    for (PictureListing.Part part : listing.parts()) {
      if (part.pictures().size() > maxPictures) {
        throw new DatasetException(
            directory.resolve(part.name()),
            Text.format("at most %d pictures", maxPictures),
            String.valueOf(part.pictures().size()),
            "use fewer pictures");
      }
    }
  }

  /** Returns the pixels from the cache, or converts the pictures and adds them to the cache. */
  private static List<ByteBuffer> pixels(
      Path directory,
      PictureListing listing,
      Path cache,
      ConversionListener listener,
      List<String> notices)
      throws InterruptedException {
    try {
      PictureCache cached = PictureCache.of(cache, directory);
      Optional<List<ByteBuffer>> found = cached.read(listing);
      if (found.isPresent()) {
        return found.get();
      }
      List<ByteBuffer> converted = PictureConversion.convert(directory, listing, listener);
      try {
        cached.write(listing, converted);
      } catch (IOException e) {
        notices.add(
            Text.format(
                "the converted pictures cannot be cached (%s) and will be converted again next time",
                Failures.describe(e)));
      }
      return converted;
    } catch (IOException e) {
      throw new DatasetException(
          directory, "a directory", "the error " + Failures.describe(e), "check its path", e);
    }
  }
}
