package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The names of the classes, by label.
 *
 * @param names one name for each label, at least 2
 */
public record ClassNames(List<String> names) {
  /** The file of the class names next to the binary files of CIFAR-100: one name per line. */
  static final String FILE = "fine_label_names.txt";

  private static final long MAX_BYTES = 1 << 20;

  /** The names of CIFAR-100's fine labels, in the order of {@code fine_label_names.txt}. */
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

  /** Returns the class names of CIFAR-100. */
  public static ClassNames ofCifar100() {
    return new ClassNames(List.of(CIFAR100.strip().split("\\s+")));
  }

  /** Returns the names {@code class 0}, {@code class 1} and so on. */
  public static ClassNames numbers(int count) {
    return new ClassNames(IntStream.range(0, count).mapToObj(label -> "class " + label).toList());
  }

  /**
   * Reads the class names of a data set.
   *
   * @param directory with the layout of {@link ClassFolders}, or with {@code fine_label_names.txt},
   *     or with a subdirectory {@code cifar-100-binary} that contains this file
   * @param count the number of classes of the network
   * @throws DatasetException if the names are missing or unreadable, or their number is not {@code
   *     count}
   */
  public static ClassNames read(Path directory, int count) {
    if (ClassFolders.isAt(directory)) {
      ClassNames names = ClassFolders.names(directory);
      if (names.names().size() != count) {
        throw new DatasetException(
            directory,
            Text.format("%d class folders, one for each class of the network", count),
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
    String expected = Text.format("a text file with %d names, one per line", count);
    if (!Files.isRegularFile(file)) {
      throw new DatasetException(
          outer, expected, "nothing", "omit --data to use the class names stored in the model");
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
