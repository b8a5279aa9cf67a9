package io.github.cnnevolution.data;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A named pair of training and test images.
 *
 * <p>The test part is for the final report alone: a search that chooses by it would report luck as
 * skill. What a search may choose by is the validation part that {@link StratifiedSplit} takes out
 * of the training images.
 *
 * @param name a short description for the user, such as {@code CIFAR-100 (50000 training, 10000
 *     test images, /data/cifar-100-binary)}
 * @param train the images to learn from, validation images included
 * @param test the images of the final report
 */
public record Dataset(String name, ImageSet train, ImageSet test) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public Dataset {
    Objects.requireNonNull(train, "train");
    Objects.requireNonNull(test, "test");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a data set needs a name");
    }
  }

  /**
   * SHA-256 over size, pixels and labels of the training images, then the same of the test images,
   * as 64 hexadecimal digits: equal exactly for equal data, whatever the name or place. It ties a
   * result to its data.
   *
   * <p>Reads every byte, which takes a good part of a second for CIFAR-100: keep the answer.
   */
  public String digest() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      train.update(sha256);
      test.update(sha256);
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
