package io.github.cnnevolution.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the classes are called, by label.
 *
 * @param names one for each label, at least 2
 */
public record ClassNames(List<String> names) {
  /** The file that lies beside the binary files of CIFAR-100: one name a line. */
  static final String FILE = "fine_label_names.txt";

  private static final long MAX_BYTES = 1 << 20;

  /** The fine labels of CIFAR-100, in the order of {@code fine_label_names.txt}. */
  private static final String CIFAR100 =
      """
      apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
      bowl boy bridge bus butterfly camel can castle caterpillar cattle
      chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
      dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
      lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
      mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
      plain plate poppy porcupine possum rabbit raccoon ray road rocket
      rose sea seal shark shrew skunk skyscraper snail snake spider
      squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
      train trout tulip turtle wardrobe whale willow_tree wolf woman worm
      """;

  /**
   * Copies the names.
   *
   * @throws IllegalArgumentException if there are fewer than 2
   */
  public ClassNames {
    names = List.copyOf(names);
    if (names.size() < 2) {
      throw new IllegalArgumentException("at least 2 classes are needed, not " + names.size());
    }
  }

  /** Those of CIFAR-100. */
  public static ClassNames ofCifar100() {
    return new ClassNames(List.of(CIFAR100.strip().split("\\s+")));
  }

  /** {@code class 0}, {@code class 1} and so on. */
  public static ClassNames numbers(int count) {
    return new ClassNames(IntStream.range(0, count).mapToObj(label -> "class " + label).toList());
  }

  /**
   * Reads the names that belong to a data set.
   *
   * @param directory of {@link ClassFolders}; or holds {@code fine_label_names.txt}, or a
   *     subdirectory {@code cifar-100-binary} that does
   * @param count of the network that they are for
   * @throws DatasetException if they are missing, unreadable or another number
   */
  public static ClassNames read(Path directory, int count) {
    if (ClassFolders.isAt(directory)) {
      ClassNames names = ClassFolders.names(directory);
      if (names.names().size() != count) {
        throw new DatasetException(
            directory,
            "%d class folders, as many as the network tells apart".formatted(count),
            String.valueOf(names.names().size()),
            "name the directory that the network was trained on");
      }
      return names;
    }
    return readFile(directory, count);
  }

  private static ClassNames readFile(Path directory, int count) {
    Path outer = directory.resolve(FILE);
    Path file =
        Files.exists(outer) ? outer : directory.resolve(Cifar100Files.DIRECTORY).resolve(FILE);
    String expected = "a text file with %d names, one a line".formatted(count);
    if (!Files.isRegularFile(file)) {
      throw new DatasetException(
          outer, expected, "nothing", "leave --data out for the names that the model has itself");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new DatasetException(
            file, expected, Files.size(file) + " bytes", DatasetException.REMEDY);
      }
      List<String> names =
          Files.readAllLines(file).stream().map(String::strip).filter(n -> !n.isEmpty()).toList();
      if (names.size() != count) {
        throw new DatasetException(
            file, expected, names.size() + " names", DatasetException.REMEDY);
      }
      return new ClassNames(names);
    } catch (IOException e) {
      throw new DatasetException(
          file, expected, "the error " + Failures.describe(e), DatasetException.REMEDY, e);
    }
  }
}
