package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private final ImageSet two = Sample.images(1, 2);
  private final ImageSet one = Sample.images(3);

  @Test
  void digestIsSha256OverSizePixelsAndLabelsOfBothParts() throws Exception {
    byte[] secondImage = new byte[ImageSet.PIXELS];
    secondImage[0] = 1;
    byte[] all =
        Sample.concatenate(
            ByteBuffer.allocate(4).putInt(0, 2).array(),
            new byte[ImageSet.PIXELS],
            secondImage,
            new byte[] {1, 2},
            ByteBuffer.allocate(4).putInt(0, 1).array(),
            new byte[ImageSet.PIXELS],
            new byte[] {3});
    String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
    assertEquals(expected, new Dataset("any", two, one).digest());
  }

  @Test
  void digestDependsOnTheDataAlone() {
    String digest = new Dataset("a", two, one).digest();
    assertEquals(digest, new Dataset("b", Sample.images(1, 2), one).digest());
    assertNotEquals(digest, new Dataset("a", one, two).digest());
    assertNotEquals(digest, new Dataset("a", Sample.images(1, 4), one).digest());
    assertNotEquals(digest, new Dataset("a", two.select(new int[] {1, 0}), one).digest());
  }

  private Dataset dataset(ImageSet train, ImageSet validation, ImageSet test) {
    return new Dataset(
        "any",
        ClassNames.numbers(train.classes()),
        train,
        Optional.ofNullable(validation),
        Optional.ofNullable(test));
  }

  private static ImageSet of(int classes, ImageSet images) {
    byte[] pixels = new byte[images.size() * ImageSet.PIXELS];
    images.pixels().get(pixels);
    int[] labels = Arrays.stream(images.labels()).mapToInt(Math::toIntExact).toArray();
    return new ImageSet(pixels, labels, classes);
  }

  /** Otherwise an evaluation could be reused for different data. */
  @Test
  void digestDependsOnThePartsAndTheNumberOfClasses() {
    Set<String> digests = new HashSet<>();
    for (int classes : new int[] {100, 5, 300}) {
      ImageSet a = of(classes, two);
      ImageSet b = of(classes, one);
      for (Dataset some :
          List.of(
              dataset(a, null, b),
              dataset(a, b, null),
              dataset(a, null, null),
              dataset(a, b, b),
              dataset(a, b, a))) {
        assertTrue(digests.add(some.digest()), classes + " classes");
      }
    }
    assertTrue(digests.contains(new Dataset("usual", two, one).digest()));
  }

  @Test
  void allPartsHaveTheSameClasses() {
    ImageSet five = of(5, two);
    assertThrows(IllegalArgumentException.class, () -> dataset(five, null, one));
    assertThrows(IllegalArgumentException.class, () -> dataset(five, one, null));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Dataset("any", ClassNames.numbers(4), five, Optional.empty(), Optional.empty()));
  }

  @Test
  void ownClassesAreOnlyNonStandardOnes() {
    assertEquals(Optional.empty(), new Dataset("any", two, one).ownClasses());
    assertEquals(
        Optional.empty(),
        new Dataset("any", ClassNames.ofCifar100(), two, Optional.empty(), Optional.of(one))
            .ownClasses());
    assertEquals(Optional.of(ClassNames.numbers(5)), dataset(of(5, two), null, null).ownClasses());
  }

  @Test
  void rejectsABlankName() {
    assertThrows(IllegalArgumentException.class, () -> new Dataset(" ", two, one));
  }
}
