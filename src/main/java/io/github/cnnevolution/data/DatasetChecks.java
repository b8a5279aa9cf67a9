package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Finds what is valid, but probably not what the user meant, and would mislead in silence. */
final class DatasetChecks {
  /** Fewer shared images than one in so many are not mentioned: large data sets have some. */
  private static final int SHARED_ONE_IN = 100;

  private static final int COARSE_CLASSES = 20;
  private static final int ENOUGH_IMAGES = 100;

  private DatasetChecks() {}

  /** Returns a line for each part that shares images with the training images. */
  static List<String> sharedImages(Dataset dataset) {
    Map<Long, Integer> places = new HashMap<>();
    byte[] pixels = new byte[ImageSet.PIXELS];
    for (int i = 0; i < dataset.train().size(); i++) {
      places.putIfAbsent(hash(dataset.train(), i, pixels), i);
    }
    return Stream.of(
            shared(dataset.train(), dataset.validation(), places, "validation", "fitness"),
            shared(dataset.train(), dataset.test(), places, "test", "test accuracy"))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> shared(
      ImageSet train,
      Optional<ImageSet> part,
      Map<Long, Integer> places,
      String name,
      String measure) {
    if (part.isEmpty()) {
      return Optional.empty();
    }
    ImageSet images = part.get();
    byte[] pixels = new byte[ImageSet.PIXELS];
    byte[] others = new byte[ImageSet.PIXELS];
    int shared = 0;
    for (int i = 0; i < images.size(); i++) {
      Integer place = places.get(hash(images, i, pixels));
      if (place != null) {
        train.copy(place, others);
        shared += Arrays.equals(pixels, others) ? 1 : 0;
      }
    }
    return shared == 0 || (long) shared * SHARED_ONE_IN < images.size()
        ? Optional.empty()
        : Optional.of(
            Text.format(
                "%d of %d %s images (%.0f %%) are training images too, so %s says little about new"
                    + " images",
                shared, images.size(), name, 100.0 * shared / images.size(), measure));
  }

  /** Copies the pixels of an image and returns their hash. */
  private static long hash(ImageSet images, int image, byte[] pixels) {
    images.copy(image, pixels);
    CRC32 high = new CRC32();
    high.update(pixels);
    CRC32C low = new CRC32C();
    low.update(pixels);
    return high.getValue() << Integer.SIZE | low.getValue();
  }

  /** Returns a line if the labels of CIFAR-100 are probably the coarse ones. */
  static Optional<String> coarseLabels(ImageSet images, String file) {
    boolean coarse =
        images.size() >= ENOUGH_IMAGES
            && IntStream.range(0, images.size()).allMatch(i -> images.label(i) < COARSE_CLASSES);
    return coarse
        ? Optional.of(
            Text.format(
                "all fine labels of %s are below 20, so 80 of the 100 classes have no image there;"
                    + " are they coarse labels?",
                file))
        : Optional.empty();
  }
}
