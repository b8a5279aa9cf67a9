package io.github.cnnevolution.data;

import io.github.cnnevolution.files.Sha256;
import io.github.cnnevolution.text.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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

  /** The pixels of these and perhaps more images. Only absolute positions are used. */
  private final ByteBuffer store;

  /** The place of each image in the store. */
  private final int[] places;

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
    this(ByteBuffer.wrap(pixels.clone()), ints(labels), CLASSES);
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
    this(ByteBuffer.wrap(pixels.clone()), labels.clone(), classes);
  }

  private static int[] ints(byte[] bytes) {
    int[] copy = new int[bytes.length];
    Arrays.setAll(copy, i -> bytes[i] & 0xff);
    return copy;
  }

  /** Takes over both, and checks them. */
  private ImageSet(ByteBuffer pixels, int[] labels, int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("images need at least 2 classes, not " + classes);
    }
    if (labels.length == 0) {
      throw new IllegalArgumentException("an image set needs at least one image");
    }
    if (pixels.capacity() != (long) labels.length * PIXELS) {
      throw new IllegalArgumentException(
          Text.format(
              "%d labels need %d bytes of pixels, but there are %d",
              labels.length, (long) labels.length * PIXELS, pixels.capacity()));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            Text.format("label %d of image %d is outside [0, %d]", labels[i], i, classes - 1));
      }
    }
    this.store = pixels;
    this.places = new int[labels.length];
    Arrays.setAll(places, i -> i);
    this.labels = labels;
    this.classes = classes;
  }

  /** Creates a view of checked images. */
  private ImageSet(ByteBuffer store, int[] places, int[] labels, int classes) {
    this.store = store;
    this.places = places;
    this.labels = labels;
    this.classes = classes;
  }

  /**
   * Creates a set of {@value #CLASSES} classes that takes over {@code pixels}: a copy of CIFAR-100
   * would cost 154 MB. The caller must not use them any more. Checks its arguments like the
   * constructor.
   */
  static ImageSet owning(ByteBuffer pixels, byte[] labels) {
    return owning(pixels, ints(labels), CLASSES);
  }

  /**
   * Creates a set that takes over its arguments. The caller must not use them any more. Checks them
   * like the constructor.
   *
   * @param pixels from position 0 to the capacity; large ones are better off the Java heap
   */
  static ImageSet owning(ByteBuffer pixels, int[] labels, int classes) {
    return new ImageSet(pixels, labels, classes);
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
   * Returns all pixels, read-only, [N, 3, 32, 32] uint8, positioned at the first image. Selected
   * images are copied.
   */
  public ByteBuffer pixels() {
    int run = run(0);
    if (run == size()) {
      return store.slice(offset(0), run * PIXELS).asReadOnlyBuffer();
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(size() * PIXELS);
    copyTo(copy);
    return copy.flip().asReadOnlyBuffer();
  }

  /** Puts all pixels into a buffer, [N, 3, 32, 32] uint8. */
  void copyTo(ByteBuffer target) {
    for (int i = 0; i < size(); i += run(i)) {
      target.put(store.slice(offset(i), run(i) * PIXELS));
    }
  }

  /** Copies the pixels of one image, [3, 32, 32] uint8. */
  void copy(int image, byte[] target) {
    store.get(offset(image), target, 0, PIXELS);
  }

  private int offset(int image) {
    return places[image] * PIXELS;
  }

  /** Returns how many images from {@code first} on lie one behind the other. */
  private int run(int first) {
    int end = first + 1;
    while (end < size() && places[end] == places[end - 1] + 1) {
      end++;
    }
    return end - first;
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
    return store.get(offset(image) + (channel * SIDE + y) * SIDE + x) & 0xff;
  }

  /**
   * Returns a new set of the images at {@code indices}, in that order. An index may occur more than
   * once.
   *
   * @throws IllegalArgumentException if {@code indices} is empty
   * @throws IndexOutOfBoundsException if an index is outside [0, N)
   */
  public ImageSet select(int[] indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("an image set needs at least one image");
    }
    int[] chosenPlaces = new int[indices.length];
    int[] chosenLabels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      chosenPlaces[i] = places[indices[i]];
      chosenLabels[i] = labels[indices[i]];
    }
    ImageSet view = new ImageSet(store, chosenPlaces, chosenLabels, classes);
    // A large selection shares the pixels. A small one must not keep all of them in memory.
    return (long) indices.length * PIXELS * 2 > store.capacity()
        ? view
        : owning(joined(List.of(view)), chosenLabels, classes);
  }

  private static ByteBuffer joined(List<ImageSet> sets) {
    int images = sets.stream().mapToInt(ImageSet::size).reduce(0, Math::addExact);
    ByteBuffer pixels = ByteBuffer.allocateDirect(Math.multiplyExact(images, PIXELS));
    sets.forEach(set -> set.copyTo(pixels));
    return pixels;
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
    int[] allLabels = Arrays.copyOf(labels, size() + others.size());
    System.arraycopy(others.labels, 0, allLabels, size(), others.size());
    return owning(joined(List.of(this, others)), allLabels, classes);
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
    return n >= size() ? this : select(IntStream.range(0, n).toArray());
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
    for (int i = 0; i < size(); i += run(i)) {
      digest.update(store.slice(offset(i), run(i) * PIXELS));
    }
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
        && IntStream.range(0, size()).allMatch(i -> image(i).equals(that.image(i)));
  }

  private ByteBuffer image(int image) {
    return store.slice(offset(image), PIXELS);
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
