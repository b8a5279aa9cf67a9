package io.github.cnnevolution.data;

import io.github.cnnevolution.files.UserDirectories;
import io.github.cnnevolution.text.Text;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds the data of a run: from the {@code --data} option, or in the user's cache directory.
 *
 * <p>The cache directory follows the XDG Base Directory specification: {@code
 * $XDG_CACHE_HOME/cnn-evolution}, or {@code ~/.cache/cnn-evolution} if the variable is unset, empty
 * or not absolute (as the specification requires).
 *
 * @param environment the environment variables
 * @param home the user's home directory
 */
public record DatasetLocator(Map<String, String> environment, Path home) {
  /** The value of {@code --data} that selects the synthetic images. */
  public static final String SYNTHETIC = "synthetic";

  /** The fixed seed of the synthetic images. It makes all runs on them comparable. */
  public static final long SYNTHETIC_SEED = 1;

  /** The number of synthetic training images per class, including validation images. */
  public static final int SYNTHETIC_TRAIN_PER_CLASS = 6;

  /** The number of synthetic test images per class. */
  public static final int SYNTHETIC_TEST_PER_CLASS = 10;

  /** Copies the environment. */
  public DatasetLocator {
    environment = Map.copyOf(environment);
    Objects.requireNonNull(home, "home");
  }

  /** Returns the locator for this process and its user. */
  public static DatasetLocator ofSystem() {
    return new DatasetLocator(System.getenv(), UserDirectories.homeOrTemporary());
  }

  /**
   * Returns the program's cache directory for downloads and converted pictures. It may not exist
   * yet.
   */
  public Path cacheDirectory() {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base = xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".cache");
    return base.resolve("cnn-evolution");
  }

  /**
   * Reads or generates the data.
   *
   * <p>Without the option this is CIFAR-100 from the cache. If CIFAR-100 was never downloaded, it
   * is the synthetic images, with a notice. A damaged download is an error; the data never change
   * silently.
   *
   * @param data the value of {@code --data}: a directory with class folders or with the files of
   *     CIFAR-100, or {@value #SYNTHETIC} (use {@code ./synthetic} for a directory of that name);
   *     empty if the option is absent
   * @param listener receives the progress if pictures in class folders must be converted
   * @throws DatasetException if the files are missing or damaged
   * @throws InterruptedException if the thread is interrupted while pictures are converted
   */
  public Located locate(Optional<String> data, ConversionListener listener)
      throws InterruptedException {
    if (data.isPresent() && data.get().equals(SYNTHETIC)) {
      return new Located(synthetic(), Optional.empty());
    }
    if (data.isPresent()) {
      Path directory = path(data.get());
      if (ClassFolders.isAt(directory)) {
        return ClassFolders.read(directory, cacheDirectory(), listener);
      }
      if (Files.isDirectory(directory) && !Cifar100Files.isAt(directory)) {
        throw new DatasetException(
            directory,
            "train/ with a folder of pictures for each class, or train.bin and test.bin of CIFAR-100",
            "neither",
            DatasetException.REMEDY);
      }
      return cifar100(directory);
    }
    Path downloaded = cacheDirectory().resolve(Cifar100Files.DIRECTORY);
    if (Files.exists(downloaded)) {
      return cifar100(downloaded);
    }
    String notice =
        Text.format(
            "CIFAR-100 is not in %s, so synthetic images are used; to get CIFAR-100, run `%s`",
            downloaded, Cifar100Download.COMMAND);
    return new Located(synthetic(), Optional.of(notice));
  }

  private static Located cifar100(Path directory) {
    Dataset dataset = Cifar100Files.read(directory);
    List<String> notices = new ArrayList<>(DatasetChecks.sharedImages(dataset));
    DatasetChecks.coarseLabels(dataset.train(), Cifar100Files.TRAIN).ifPresent(notices::add);
    dataset
        .test()
        .flatMap(test -> DatasetChecks.coarseLabels(test, Cifar100Files.TEST))
        .ifPresent(notices::add);
    return new Located(dataset, notice(directory, notices));
  }

  /** Returns notices as one line, if there are any. */
  static Optional<String> notice(Path directory, List<String> notices) {
    return notices.isEmpty()
        ? Optional.empty()
        : Optional.of(Text.format("%s: %s", directory, String.join("; ", notices)));
  }

  private static Dataset synthetic() {
    return SyntheticImages.generate(
        SYNTHETIC_SEED, SYNTHETIC_TRAIN_PER_CLASS, SYNTHETIC_TEST_PER_CLASS);
  }

  private static Path path(String data) {
    try {
      return Path.of(data);
    } catch (InvalidPathException e) {
      throw new DatasetException(
          "--data", "a directory", "'" + data + "': " + e.getReason(), DatasetException.REMEDY, e);
    }
  }

  /**
   * The data of a run.
   *
   * @param dataset the images
   * @param notice one line for the user if the data may differ from what the user expects
   */
  public record Located(Dataset dataset, Optional<String> notice) {}
}
