package io.github.cnnevolution.data;

import io.github.cnnevolution.files.Sha256;
import io.github.cnnevolution.text.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;

/**
 * A named data set: the images to train on, and the images to validate and test on.
 *
 * <p>Only the final report uses the test part. A search that selected by test accuracy would report
 * a biased result. A search selects by the validation part instead: that of the data set, or else a
 * part of the training images (see {@link StratifiedSplit}). A missing test part is never replaced
 * by other images.
 *
 * @param name a short description for the user, such as {@code CIFAR-100 (50000 training, 10000
 *     test images, /data/cifar-100-binary)}
 * @param classes the names of the classes
 * @param train the training images; they include the validation images if {@code validation} is
 *     empty
 * @param validation the validation images, if the data set has a separate part
 * @param test the test images, if the data set has any
 */
public record Dataset(
    String name,
    ClassNames classes,
    ImageSet train,
    Optional<ImageSet> validation,
    Optional<ImageSet> test) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the name is blank, or the number of classes differs between
   *     the names and the parts
   */
  public Dataset {
    Objects.requireNonNull(train, "train");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a data set needs a name");
    }
    int count = classes.names().size();
    if (train.classes() != count
        || validation.filter(images -> images.classes() != count).isPresent()
        || test.filter(images -> images.classes() != count).isPresent()) {
      throw new IllegalArgumentException(
          Text.format(
              "a data set with %d class names needs that many classes in all its parts", count));
    }
  }

  /**
   * Creates a data set of {@value ImageSet#CLASSES} classes with numbers as names and no separate
   * validation part.
   */
  public Dataset(String name, ImageSet train, ImageSet test) {
    this(name, ClassNames.numbers(ImageSet.CLASSES), train, Optional.empty(), Optional.of(test));
  }

  /**
   * Returns the class names, or empty if they are those of CIFAR-100 or of the synthetic images.
   */
  public Optional<ClassNames> ownClasses() {
    boolean standard =
        classes.equals(ClassNames.ofCifar100())
            || classes.equals(ClassNames.numbers(ImageSet.CLASSES));
    return standard ? Optional.empty() : Optional.of(classes);
  }

  /**
   * Returns the SHA-256 of the data as 64 hexadecimal digits. Equal data have equal digests,
   * whatever the names or the location. The digest ties a result to its data. It covers size,
   * pixels and labels of the training images, then of the validation images, then of the test
   * images. If the data set has a validation part, has no test part, or does not have {@value
   * ImageSet#CLASSES} classes, a line that lists the parts comes first.
   *
   * <p>This reads every byte, which takes a large part of a second for CIFAR-100: keep the result.
   */
  public String digest() {
    MessageDigest sha256 = Sha256.begin();
    if (train.classes() != ImageSet.CLASSES || validation.isPresent() || test.isEmpty()) {
      String parts =
          Text.format("validation=%s test=%s\n", validation.isPresent(), test.isPresent());
      sha256.update(parts.getBytes(StandardCharsets.US_ASCII));
    }
    train.update(sha256);
    validation.ifPresent(images -> images.update(sha256));
    test.ifPresent(images -> images.update(sha256));
    return Sha256.hex(sha256);
  }
}
