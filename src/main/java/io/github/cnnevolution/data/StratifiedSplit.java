package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The training images of a data set, split into training and validation images.
 *
 * <p>The split is stratified. Of a class with n images, n / 10 (rounded half up) go to validation,
 * at least 1 and at most n - 1. A class with one image keeps it for training. Validation image j of
 * v is the class's image number ⌊(2j + 1) n / 2v⌋ in file order: the middle of the j-th of v equal
 * intervals. An order in the file therefore biases neither part. The split uses no seed: every run
 * on the same data validates on the same images, so fitness can be compared across runs. Both parts
 * keep the file order.
 *
 * @param training the training images
 * @param validation the validation images; the accuracy on them is a network's fitness
 */
public record StratifiedSplit(ImageSet training, ImageSet validation) {
  /** One in this many images is a validation image. */
  public static final int VALIDATION_SHARE = 10;

  /**
   * Returns the training and validation images of a data set. Splits the training images if the
   * data set has no separate validation part.
   */
  public static StratifiedSplit of(Dataset dataset) {
    return dataset
        .validation()
        .map(images -> new StratifiedSplit(dataset.train(), images))
        .orElseGet(() -> of(dataset.train()));
  }

  /**
   * Splits the training images of a data set.
   *
   * @throws DatasetException if no class has two images, so there would be no validation image
   */
  public static StratifiedSplit of(ImageSet images) {
    boolean[] validation = new boolean[images.size()];
    for (List<Integer> members : membersByClass(images)) {
      int n = members.size();
      int tenth = Math.max(1, (n + VALIDATION_SHARE / 2) / VALIDATION_SHARE);
      int count = Math.min(tenth, Math.max(0, n - 1));
      for (int j = 0; j < count; j++) {
        int middle = (int) ((2L * j + 1) * n / (2L * count));
        validation[members.get(middle)] = true;
      }
    }
    if (IntStream.range(0, images.size()).noneMatch(i -> validation[i])) {
      throw new DatasetException(
          "training images",
          "a class with at least 2 images, one to train on and one to validate on",
          Text.format("%d images, each of a different class", images.size()),
          "use more training images");
    }
    return new StratifiedSplit(
        images.select(indices(validation, false)), images.select(indices(validation, true)));
  }

  private static List<List<Integer>> membersByClass(ImageSet images) {
    List<List<Integer>> members = new ArrayList<>();
    for (int label = 0; label < images.classes(); label++) {
      members.add(new ArrayList<>());
    }
    for (int i = 0; i < images.size(); i++) {
      members.get(images.label(i)).add(i);
    }
    return members;
  }

  private static int[] indices(boolean[] flags, boolean wanted) {
    return IntStream.range(0, flags.length).filter(i -> flags[i] == wanted).toArray();
  }
}
