package io.github.cnnevolution.data;

import io.github.cnnevolution.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;

/**
 * Named images to learn from, and those that judge what was learned.
 *
 * <p>The test part is for the final report alone: a search that chooses by it would report luck as
 * skill. What a search may choose by is the validation part: that of the data set, or else what
 * {@link StratifiedSplit} takes out of the training images. A test part that a data set lacks is
 * never taken out of anything.
 *
 * @param name a short description for the user, such as {@code CIFAR-100 (50000 training, 10000
 *     test images, /data/cifar-100-binary)}
 * @param classes what the classes are called
 * @param train the images to learn from; validation images included, unless they are apart
 * @param validation the images to choose by, if the data set has them apart
 * @param test the images of the final report, if the data set has any
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
   * @throws IllegalArgumentException if the name is blank, or the parts differ in their classes
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
          "all parts of a data set with %d names need as many classes".formatted(count));
    }
  }

  /** Images of {@value ImageSet#CLASSES} classes that have numbers for names. */
  public Dataset(String name, ImageSet train, ImageSet test) {
    this(name, ClassNames.numbers(ImageSet.CLASSES), train, Optional.empty(), Optional.of(test));
  }

  /**
   * What the classes are called, where they are other than those of CIFAR-100 and of the synthetic
   * images.
   */
  public Optional<ClassNames> ownClasses() {
    boolean usual =
        classes.equals(ClassNames.ofCifar100())
            || classes.equals(ClassNames.numbers(ImageSet.CLASSES));
    return usual ? Optional.empty() : Optional.of(classes);
  }

  /**
   * SHA-256 over size, pixels and labels of the training images, then the same of the test images,
   * as 64 hexadecimal digits: equal exactly for equal data, whatever the names or the place. It
   * ties a result to its data. Other data than training and test images of {@value
   * ImageSet#CLASSES} classes have a line in front that says which parts follow.
   *
   * <p>Reads every byte, which takes a good part of a second for CIFAR-100: keep the answer.
   */
  public String digest() {
    MessageDigest sha256 = Sha256.begin();
    if (train.classes() != ImageSet.CLASSES || validation.isPresent() || test.isEmpty()) {
      String parts = "validation=%s test=%s\n".formatted(validation.isPresent(), test.isPresent());
      sha256.update(parts.getBytes(StandardCharsets.US_ASCII));
    }
    train.update(sha256);
    validation.ifPresent(images -> images.update(sha256));
    test.ifPresent(images -> images.update(sha256));
    return Sha256.hex(sha256);
  }
}
