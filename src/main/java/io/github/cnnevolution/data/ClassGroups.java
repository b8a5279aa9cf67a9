package io.github.cnnevolution.data;

import java.util.List;
import java.util.Optional;

/**
 * Groups of similar classes: the 20 coarse classes of CIFAR-100 (Krizhevsky 2009).
 *
 * @param names of the groups
 * @param ofClass the group of each class
 */
public record ClassGroups(List<String> names, List<Integer> ofClass) {
  /** In the order of {@code coarse_label_names.txt}. */
  private static final List<String> COARSE =
      List.of(
          "aquatic mammals",
          "fish",
          "flowers",
          "food containers",
          "fruit and vegetables",
          "household electrical devices",
          "household furniture",
          "insects",
          "large carnivores",
          "large man-made outdoor things",
          "large natural outdoor scenes",
          "large omnivores and herbivores",
          "medium mammals",
          "non-insect invertebrates",
          "people",
          "reptiles",
          "small mammals",
          "trees",
          "vehicles 1",
          "vehicles 2");

  /** The coarse label of each fine label. */
  private static final List<Integer> COARSE_OF_FINE =
      List.of(
          4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7, 6, 13,
          15, 3, 15, 0, 11, 1, 10, 12, 14, 16, 9, 11, 5, 5, 19, 8, 8, 15, 13, 14, 17, 18, 10, 16, 4,
          17, 4, 2, 0, 17, 4, 18, 17, 10, 3, 2, 12, 12, 16, 12, 1, 9, 19, 2, 10, 0, 1, 16, 12, 9,
          13, 15, 13, 16, 19, 2, 4, 6, 19, 5, 5, 8, 19, 18, 1, 2, 15, 6, 0, 17, 8, 14, 13);

  /** Copies the lists. */
  public ClassGroups {
    names = List.copyOf(names);
    ofClass = List.copyOf(ofClass);
  }

  /** Returns the groups of these classes; empty unless they are those of CIFAR-100. */
  public static Optional<ClassGroups> of(ClassNames classes) {
    return classes.equals(ClassNames.ofCifar100())
        ? Optional.of(new ClassGroups(COARSE, COARSE_OF_FINE))
        : Optional.empty();
  }
}
