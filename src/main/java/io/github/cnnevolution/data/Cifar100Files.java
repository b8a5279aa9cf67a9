package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads CIFAR-100 (Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images") from
 * the official binary files {@code train.bin} and {@code test.bin}.
 *
 * <p>A file is a sequence of records of 3,074 bytes, without a header: the coarse label (0 to 19),
 * the fine label (0 to 99), then the red, green and blue plane of 32 x 32 bytes each, row by row.
 * The full data set has 50,000 training and 10,000 test records. Files with any other number of
 * records are accepted too, so samples work. The fine labels become the labels; the coarse labels
 * are only validated.
 */
public final class Cifar100Files {
  /** The directory in the official archive. */
  static final String DIRECTORY = "cifar-100-binary";

  /** The file of the training images. */
  static final String TRAIN = "train.bin";

  /** The file of the test images. */
  static final String TEST = "test.bin";

  private static final int LABELS = 2;
  private static final int RECORD = LABELS + ImageSet.PIXELS;
  private static final int COARSE_CLASSES = 20;

  /** Records per read: 6 MB, little compared with the 154 MB of images. */
  private static final int CHUNK = 2048;

  private Cifar100Files() {}

  /** Returns whether any of the files or the subdirectory exists. */
  static boolean isAt(Path directory) {
    return Files.exists(directory.resolve(TRAIN))
        || Files.exists(directory.resolve(TEST))
        || Files.exists(directory.resolve(DIRECTORY));
  }

  /**
   * Reads both files into memory, 184 MB for the full set.
   *
   * @param directory contains both files, or a subdirectory {@code cifar-100-binary} with them
   * @throws DatasetException if the directory or a file is missing, unreadable or damaged
   */
  public static Dataset read(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new DatasetException(
          directory,
          "a directory with train.bin and test.bin",
          Files.exists(directory) ? "a file" : "nothing",
          DatasetException.REMEDY);
    }
    Path subdirectory = directory.resolve(DIRECTORY);
    Path filesDirectory =
        !Files.exists(directory.resolve(TRAIN)) && Files.isDirectory(subdirectory)
            ? subdirectory
            : directory;
    ImageSet train = readFile(filesDirectory.resolve(TRAIN));
    ImageSet test = readFile(filesDirectory.resolve(TEST));
    String name =
        Text.format(
            "CIFAR-100 (%d training, %d test images, %s)",
            train.size(), test.size(), filesDirectory);
    return new Dataset(name, ClassNames.ofCifar100(), train, Optional.empty(), Optional.of(test));
  }

  private static ImageSet readFile(Path file) {
    // Check first: opening a pipe would block until another process writes to it.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new DatasetException(
          file,
          "a CIFAR-100 binary file",
          Files.isDirectory(file) ? "a directory" : "something other than a regular file",
          DatasetException.REMEDY);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return readRecords(file, in, countRecords(file));
    } catch (NoSuchFileException e) {
      throw new DatasetException(
          file, "a CIFAR-100 binary file", "nothing", DatasetException.REMEDY, e);
    } catch (IOException e) {
      throw new DatasetException(
          file,
          "a readable file",
          "the error " + Failures.describe(e),
          "check the file's permissions and its disk, or " + DatasetException.REMEDY,
          e);
    }
  }

  private static int countRecords(Path file) throws IOException {
    long bytes = Files.size(file);
    long records = bytes / RECORD;
    if (bytes == 0 || bytes % RECORD != 0 || records > Integer.MAX_VALUE / ImageSet.PIXELS) {
      throw new DatasetException(
          file,
          Text.format("one to %d records of %d bytes", Integer.MAX_VALUE / ImageSet.PIXELS, RECORD),
          bytes == 0
              ? "an empty file"
              : Text.format(
                  "%d bytes, which is %d records and %d bytes", bytes, records, bytes % RECORD),
          DatasetException.REMEDY);
    }
    return (int) records;
  }

  private static ImageSet readRecords(Path file, InputStream in, int count) throws IOException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(count * ImageSet.PIXELS);
    byte[] labels = new byte[count];
    byte[] chunk = new byte[Math.min(count, CHUNK) * RECORD];
    for (int done = 0; done < count; ) {
      int records = Math.min(CHUNK, count - done);
      int read = in.readNBytes(chunk, 0, records * RECORD);
      if (read < records * RECORD) {
        throw new DatasetException(
            file,
            count + " records",
            "the end of the file after "
                + (done + read / RECORD)
                + ": it was shortened while it was read",
            "wait until no program writes to the file, then try again");
      }
      for (int i = 0; i < records; i++, done++) {
        checkLabel(file, done, "coarse", chunk[i * RECORD] & 0xff, COARSE_CLASSES);
        checkLabel(file, done, "fine", chunk[i * RECORD + 1] & 0xff, ImageSet.CLASSES);
        labels[done] = chunk[i * RECORD + 1];
        pixels.put(done * ImageSet.PIXELS, chunk, i * RECORD + LABELS, ImageSet.PIXELS);
      }
    }
    return ImageSet.owning(pixels, labels);
  }

  private static void checkLabel(Path file, int record, String kind, int label, int classes) {
    if (label >= classes) {
      throw new DatasetException(
          file,
          Text.format("%s labels from 0 to %d", kind, classes - 1),
          Text.format("%d in record %d (counted from 0)", label, record),
          DatasetException.REMEDY);
    }
  }
}
