package io.github.cnnevolution.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Small images and CIFAR files for tests, and the location of the 10,000-image sample. */
final class Sample {
  static final int RECORD = 2 + ImageSet.PIXELS;

  private Sample() {}

  /**
   * Returns the value of a pixel. It differs between neighbours in all directions and between
   * images.
   */
  static int pixel(int image, int channel, int y, int x) {
    return (image * 101 + channel * 67 + y * 31 + x * 7) % 256;
  }

  /** Returns records with these fine labels and the pixels of {@link #pixel}. */
  static byte[] records(int... labels) {
    byte[] bytes = new byte[labels.length * RECORD];
    for (int i = 0; i < labels.length; i++) {
      bytes[i * RECORD] = (byte) (labels[i] / 5);
      bytes[i * RECORD + 1] = (byte) labels[i];
      int next = i * RECORD + 2;
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < 32; y++) {
          for (int x = 0; x < 32; x++) {
            bytes[next++] = (byte) pixel(i, c, y, x);
          }
        }
      }
    }
    return bytes;
  }

  /** Returns images with these labels. The first byte of image i is i % 256, the second i / 256. */
  static ImageSet images(int... labels) {
    byte[] pixels = new byte[labels.length * ImageSet.PIXELS];
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
      pixels[i * ImageSet.PIXELS] = (byte) i;
      pixels[i * ImageSet.PIXELS + 1] = (byte) (i >> 8);
    }
    return new ImageSet(pixels, bytes);
  }

  /** Returns the number that {@link #images} encoded in an image. */
  static int number(ImageSet images, int image) {
    return images.pixel(image, 0, 0, 0) + 256 * images.pixel(image, 0, 0, 1);
  }

  /** Writes a small data set with the training labels 0 1 2 1 and the test labels 99 0. */
  static Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve("train.bin"), records(0, 1, 2, 1));
    // Other pixels than those of the training images.
    byte[] test = records(99, 0);
    test[2] ^= 1;
    test[RECORD + 2] ^= 1;
    Files.write(directory.resolve("test.bin"), test);
    return directory;
  }

  /** Returns the directory with 10,000 training and 2,000 test images. It may not exist. */
  static Path directory() {
    String named = System.getenv("CNN_EVOLUTION_CIFAR100_SAMPLE");
    return Path.of(named == null ? "../shared/data/cifar-100-sample" : named);
  }

  static byte[] concatenate(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Stream.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** Returns the number of images of each class. */
  static int[] counts(ImageSet images) {
    int[] counts = new int[ImageSet.CLASSES];
    for (int i = 0; i < images.size(); i++) {
      counts[images.label(i)]++;
    }
    return counts;
  }

  static List<Integer> numbers(ImageSet images) {
    return Stream.iterate(0, i -> i + 1).limit(images.size()).map(i -> number(images, i)).toList();
  }
}
