package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageSetTest {
  private final ImageSet images = Sample.images(5, 99, 0, 5);

  @Test
  void returnsTheGivenLabels() {
    assertEquals(4, images.size());
    assertEquals(99, images.label(1));
    assertArrayEquals(new long[] {5, 99, 0, 5}, images.labels());
  }

  @Test
  void isImmutable() {
    byte[] pixels = new byte[ImageSet.PIXELS];
    byte[] labels = {7};
    ImageSet one = new ImageSet(pixels, labels);
    pixels[0] = 1;
    labels[0] = 8;
    one.labels()[0] = 9;
    assertEquals(0, one.pixel(0, 0, 0, 0));
    assertEquals(7, one.label(0));
    assertThrows(ReadOnlyBufferException.class, () -> one.pixels().put(0, (byte) 1));
  }

  @Test
  void bufferHoldsEveryPixelInOrder() {
    ByteBuffer pixels = images.pixels();
    assertEquals(4 * ImageSet.PIXELS, pixels.remaining());
    assertEquals(3, pixels.get(3 * ImageSet.PIXELS));
  }

  @Test
  void pixelsAreUnsigned() {
    byte[] pixels = new byte[ImageSet.PIXELS];
    pixels[ImageSet.PIXELS - 1] = (byte) 255;
    assertEquals(255, new ImageSet(pixels, new byte[1]).pixel(0, 2, 31, 31));
  }

  @Test
  void selectReturnsImagesAndLabelsInTheGivenOrder() {
    ImageSet chosen = images.select(new int[] {2, 1, 2});
    assertArrayEquals(new long[] {0, 99, 0}, chosen.labels());
    assertEquals(2, Sample.number(chosen, 0));
    assertEquals(1, Sample.number(chosen, 1));
    assertEquals(2, Sample.number(chosen, 2));
  }

  @Test
  void firstReturnsAtMostAllImages() {
    assertEquals(images.select(new int[] {0, 1}), images.first(2));
    assertSame(images, images.first(4));
    assertSame(images, images.first(5));
    assertThrows(IllegalArgumentException.class, () -> images.first(0));
  }

  /** A signed byte holds at most 127, an unsigned byte at most 255. */
  @Test
  void supportsMoreThan256Classes() {
    ImageSet many = new ImageSet(new byte[3 * ImageSet.PIXELS], new int[] {128, 299, 0}, 300);
    assertEquals(300, many.classes());
    assertEquals(128, many.label(0));
    assertArrayEquals(new long[] {0, 299}, many.select(new int[] {2, 1}).labels());
    assertEquals(300, many.first(1).classes());
    assertMessage(
        "label 300 of image 1 is outside [0, 299]",
        () -> new ImageSet(new byte[2 * ImageSet.PIXELS], new int[] {0, 300}, 300));
    assertMessage(
        "images need at least 2 classes, not 1",
        () -> new ImageSet(new byte[ImageSet.PIXELS], new int[1], 1));
  }

  /**
   * The same pixels and labels with another number of classes need other networks, so they are
   * different data.
   */
  @Test
  void setsWithDifferentNumbersOfClassesDiffer() {
    ImageSet hundred = Sample.images(1, 0);
    byte[] pixels = new byte[2 * ImageSet.PIXELS];
    hundred.pixels().get(pixels);
    Set<String> digests = new HashSet<>(Set.of(hundred.digest()));
    for (int classes : new int[] {2, 3, 101, 300}) {
      ImageSet other = new ImageSet(pixels, new int[] {1, 0}, classes);
      assertNotEquals(hundred, other);
      assertTrue(digests.add(other.digest()), classes + " classes");
    }
    assertEquals(hundred, new ImageSet(pixels, new int[] {1, 0}, 100));
    assertFalse(digests.add(new ImageSet(pixels, new int[] {1, 0}, 100).digest()));
    assertTrue(digests.add(new ImageSet(pixels, new int[] {257, 0}, 300).digest()));
  }

  @Test
  void equalityIsByContent() {
    assertEquals(images, Sample.images(5, 99, 0, 5));
    assertEquals(images.hashCode(), Sample.images(5, 99, 0, 5).hashCode());
    assertNotEquals(images, Sample.images(5, 99, 0, 6));
    assertNotEquals(Sample.images(5, 5), images.select(new int[] {0, 3}));
  }

  @Test
  void rejectsInvalidArguments() {
    assertMessage(
        "2 labels need 6144 bytes of pixels, but there are 3072",
        () -> new ImageSet(new byte[3072], new byte[2]));
    assertMessage(
        "label 100 of image 1 is outside [0, 99]",
        () -> new ImageSet(new byte[6144], new byte[] {0, 100}));
    assertMessage(
        "label 200 of image 0 is outside [0, 99]",
        () -> new ImageSet(new byte[3072], new byte[] {(byte) 200}));
    assertMessage(
        "an image set needs at least one image", () -> new ImageSet(new byte[0], new byte[0]));
    assertMessage("an image set needs at least one image", () -> images.select(new int[0]));
  }

  @Test
  void rejectsPixelsOutsideTheImages() {
    int[][] outside = {
      {4, 0, 0, 0}, {-1, 0, 0, 0}, {0, 3, 0, 0}, {0, 0, 32, 0}, {0, 0, 0, 32}, {0, 0, 0, -1}
    };
    for (int[] at : outside) {
      assertThrows(IndexOutOfBoundsException.class, () -> images.pixel(at[0], at[1], at[2], at[3]));
    }
  }

  private static void assertMessage(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }
}
