package io.github.cnnevolution.data;

import io.github.cnnevolution.files.Sha256;
import io.github.cnnevolution.text.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Labelled colour images: the pixels as one [N, 3, 32, 32] uint8 block, and one label per image,
 * the number of its class.
 *
 * <p>The pixel order is that of the official CIFAR files: image by image, each with a red, a green
 * and a blue plane, each plane row by row from the top. Java bytes are signed, so readers of {@link
 * #pixels()} must mask with {@code & 0xff}; LibTorch's {@code uint8} uses the bytes unchanged. A
 * set has at least one image. Immutable and safe to share between threads.
 */
public final class ImageSet {
  /** The number of classes of CIFAR-100 and of the synthetic images. */
  public static final int CLASSES = 100;

  /** The number of colour channels: red, green, blue. */
  public static final int CHANNELS = 3;

  /** The height and the width of an image, in pixels. */
  public static final int SIDE = 32;

  /** The number of bytes of an image: {@value}. */
  public static final int PIXELS = CHANNELS * SIDE * SIDE;

  private final byte[] pixels;
  private final int[] labels;
  private final int classes;

  /**
   * Copies and checks images of {@value #CLASSES} classes.
   *
   * @param pixels [N, 3, 32, 32] uint8, N x {@value #PIXELS} bytes
   * @param labels [N], each in [0, 99]
   * @throws IllegalArgumentException if there is no image, the lengths disagree or a label is out
   *     of range
   */
  public ImageSet(byte[] pixels, byte[] labels) {
    this(pixels.clone(), ints(labels), CLASSES, Ownership.TAKEN);
  }

  /**
   * Copies and checks images of any number of classes.
   *
   * @param pixels [N, 3, 32, 32] uint8, N x {@value #PIXELS} bytes
   * @param labels [N], each in [0, classes - 1]
   * @param classes the number of classes, at least 2; a class may have no image
   * @throws IllegalArgumentException if there is no image, the lengths disagree or a number is out
   *     of range
   */
  public ImageSet(byte[] pixels, int[] labels, int classes) {
    this(pixels.clone(), labels.clone(), classes, Ownership.TAKEN);
  }

  private static int[] ints(byte[] bytes) {
    int[] copy = new int[bytes.length];
    Arrays.setAll(copy, i -> bytes[i] & 0xff);
    return copy;
  }

  /** Marks the constructor that takes over its arrays instead of copying them. */
  private enum Ownership {
    TAKEN
  }

  private ImageSet(byte[] pixels, int[] labels, int classes, Ownership unused) {
    if (classes < 2) {
      throw new IllegalArgumentException("images need at least 2 classes, not " + classes);
    }
    if (labels.length == 0) {
      throw new IllegalArgumentException("an image set needs at least one image");
    }
    if (pixels.length != (long) labels.length * PIXELS) {
      throw new IllegalArgumentException(
          Text.format(
              "%d labels need %d bytes of pixels, but there are %d",
              labels.length, (long) labels.length * PIXELS, pixels.length));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            Text.format("label %d of image %d is outside [0, %d]", labels[i], i, classes - 1));
      }
    }
    this.pixels = pixels;
    this.labels = labels;
    this.classes = classes;
  }

  /**
   * Creates a set of {@value #CLASSES} classes that takes over {@code pixels}: a copy of CIFAR-100
   * would cost 154 MB. The caller must not use the array any more. Checks its arguments like the
   * constructor.
   */
  static ImageSet owning(byte[] pixels, byte[] labels) {
    return owning(pixels, ints(labels), CLASSES);
  }

  /**
   * Creates a set that takes over both arrays. The caller must not use them any more. Checks its
   * arguments like the constructor.
   */
  static ImageSet owning(byte[] pixels, int[] labels, int classes) {
    return new ImageSet(pixels, labels, classes, Ownership.TAKEN);
  }

  /** Returns the number of images, N. */
  public int size() {
    return labels.length;
  }

  /** Returns the number of classes. A class may have no image in this set. */
  public int classes() {
    return classes;
  }

  /** Returns the label of one image, in [0, {@link #classes} - 1]. */
  public int label(int image) {
    return labels[image];
  }

  /** Returns a copy of all labels, [N]. LibTorch requires int64 for classes. */
  public long[] labels() {
    long[] copy = new long[labels.length];
    Arrays.setAll(copy, i -> labels[i]);
    return copy;
  }

  /**
   * Returns a read-only view of all pixels, [N, 3, 32, 32] uint8, positioned at the first image.
   */
  public ByteBuffer pixels() {
    return ByteBuffer.wrap(pixels).asReadOnlyBuffer();
  }

  /**
   * Returns one colour value, in [0, 255].
   *
   * @param image in [0, N)
   * @param channel 0 red, 1 green, 2 blue
   * @param y the row, 0 at the top
   * @param x the column, 0 at the left
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  public int pixel(int image, int channel, int y, int x) {
    if (image < 0
        || image >= size()
        || channel < 0
        || channel >= CHANNELS
        || y < 0
        || y >= SIDE
        || x < 0
        || x >= SIDE) {
      throw new IndexOutOfBoundsException(
          Text.format(
              "pixel [%d, %d, %d, %d] is outside [%d, %d, %d, %d]",
              image, channel, y, x, size(), CHANNELS, SIDE, SIDE));
    }
    return pixels[((image * CHANNELS + channel) * SIDE + y) * SIDE + x] & 0xff;
  }

  /**
   * Returns a new set of the images at {@code indices}, in that order. An index may occur more than
   * once.
   *
   * @throws IllegalArgumentException if {@code indices} is empty
   * @throws IndexOutOfBoundsException if an index is outside [0, N)
   */
  public ImageSet select(int[] indices) {
    byte[] chosenPixels = new byte[Math.multiplyExact(indices.length, PIXELS)];
    int[] chosenLabels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      chosenLabels[i] = labels[indices[i]];
      System.arraycopy(pixels, indices[i] * PIXELS, chosenPixels, i * PIXELS, PIXELS);
    }
    return owning(chosenPixels, chosenLabels, classes);
  }

  /**
   * Returns a new set of these images, followed by {@code others}.
   *
   * @throws IllegalArgumentException if the numbers of classes differ
   */
  public ImageSet concat(ImageSet others) {
    if (others.classes != classes) {
      throw new IllegalArgumentException(
          Text.format(
              "cannot append images of %d classes to images of %d", others.classes, classes));
    }
    byte[] allPixels = Arrays.copyOf(pixels, Math.addExact(pixels.length, others.pixels.length));
    System.arraycopy(others.pixels, 0, allPixels, pixels.length, others.pixels.length);
    int[] allLabels = Arrays.copyOf(labels, size() + others.size());
    System.arraycopy(others.labels, 0, allLabels, size(), others.size());
    return owning(allPixels, allLabels, classes);
  }

  /**
   * Returns the first {@code n} images, or all if there are fewer.
   *
   * @throws IllegalArgumentException if {@code n} is below 1
   */
  public ImageSet first(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("the number of images must be at least 1, but was " + n);
    }
    return n >= size()
        ? this
        : owning(Arrays.copyOf(pixels, n * PIXELS), Arrays.copyOf(labels, n), classes);
  }

  /**
   * Adds size, pixels and labels to a digest. The size separates consecutive sets. With {@value
   * #CLASSES} classes, a label is one byte. With another number of classes, the number comes first
   * and a label is four bytes. The formats differ because older stores contain digests of the first
   * format.
   */
  void update(MessageDigest digest) {
    boolean hasCifarClasses = classes == CLASSES;
    if (!hasCifarClasses) {
      digest.update(Text.format("classes=%d\n", classes).getBytes(StandardCharsets.US_ASCII));
    }
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, size()));
    digest.update(pixels);
    ByteBuffer bytes = ByteBuffer.allocate(labels.length * (hasCifarClasses ? 1 : Integer.BYTES));
    for (int label : labels) {
      if (hasCifarClasses) {
        bytes.put((byte) label);
      } else {
        bytes.putInt(label);
      }
    }
    digest.update(bytes.flip());
  }

  /**
   * Returns the SHA-256 of the number of classes, size, pixels and labels, as 64 hexadecimal
   * digits.
   */
  public String digest() {
    MessageDigest sha256 = Sha256.begin();
    update(sha256);
    return Sha256.hex(sha256);
  }

  /**
   * Returns whether the other set has the same images and labels in the same order, and the same
   * number of classes.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof ImageSet that
        && classes == that.classes
        && Arrays.equals(labels, that.labels)
        && Arrays.equals(pixels, that.pixels);
  }

  /** Returns a hash of the labels only: hashing the pixels would read up to 154 MB. */
  @Override
  public int hashCode() {
    return Arrays.hashCode(labels);
  }

  @Override
  public String toString() {
    return size() + " images";
  }
}
