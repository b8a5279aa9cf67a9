package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
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

  @Test
  void refusesABlankName() {
    assertThrows(IllegalArgumentException.class, () -> new Dataset(" ", two, one));
  }
}
