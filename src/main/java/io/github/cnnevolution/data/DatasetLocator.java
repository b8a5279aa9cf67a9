package io.github.cnnevolution.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds the data of a run from the {@code --data} option and the user's cache directory.
 *
 * <p>The cache directory follows the XDG Base Directory specification: {@code
 * $XDG_CACHE_HOME/cnn-evolution}, or {@code ~/.cache/cnn-evolution} where the variable is unset,
 * empty or, as the specification demands, not absolute.
 *
 * @param environment the environment variables
 * @param home the user's home directory
 */
public record DatasetLocator(Map<String, String> environment, Path home) {
  /** The word that {@code --data} takes in place of a directory. */
  public static final String SYNTHETIC = "synthetic";

  /** The seed of the synthetic images; fixed, so that all runs with them can be compared. */
  public static final long SYNTHETIC_SEED = 1;

  /** Synthetic training images of each class, validation included. */
  public static final int SYNTHETIC_TRAIN_PER_CLASS = 6;

  /** Synthetic test images of each class. */
  public static final int SYNTHETIC_TEST_PER_CLASS = 10;

  /** Copies the environment. */
  public DatasetLocator {
    environment = Map.copyOf(environment);
    Objects.requireNonNull(home, "home");
  }

  /** The locator of this process and its user. */
  public static DatasetLocator ofSystem() {
    return new DatasetLocator(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Where this program keeps what it downloads; it need not exist yet. */
  public Path cacheDirectory() {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base = xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".cache");
    return base.resolve("cnn-evolution");
  }

  /**
   * Reads or makes the data.
   *
   * <p>With no option it is CIFAR-100 from the cache, or synthetic images and a notice when it was
   * never downloaded. A damaged download is an error, never a silent change of data.
   *
   * @param data the value of {@code --data}: a directory with class folders or with the files of
   *     CIFAR-100, or {@value #SYNTHETIC} (a directory of that name is {@code ./synthetic}); empty
   *     when the option is absent
   * @param listener hears of pictures in class folders that have to be converted first
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
      return new Located(Cifar100Files.read(directory), Optional.empty());
    }
    Path downloaded = cacheDirectory().resolve(Cifar100Files.DIRECTORY);
    if (Files.exists(downloaded)) {
      return new Located(Cifar100Files.read(downloaded), Optional.empty());
    }
    String notice =
        "CIFAR-100 is not in %s, so synthetic images are used; for the real ones run `%s`"
            .formatted(downloaded, Cifar100Download.COMMAND);
    return new Located(synthetic(), Optional.of(notice));
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
   * @param notice a line for the user when the data may not be what was hoped for
   */
  public record Located(Dataset dataset, Optional<String> notice) {}
}
