package io.github.cnnevolution.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Unpacks the four required files of {@code cifar-100-binary.tar.gz}.
 *
 * <p>Files are written under fixed names, never under a path from the archive, so an entry cannot
 * be written elsewhere. All other entries are skipped.
 */
final class Cifar100Archive {
  /** The files of the unpacked data set. */
  static final List<String> FILES =
      List.of(
          Cifar100Files.TRAIN,
          Cifar100Files.TEST,
          "fine_label_names.txt",
          "coarse_label_names.txt");

  private Cifar100Archive() {}

  /**
   * Writes the required files into a directory and forces them to the disk.
   *
   * @throws IOException if reading or writing fails, or a file is missing from the archive
   */
  static void unpack(Path archive, Path directory) throws IOException {
    List<String> missing = new ArrayList<>(FILES);
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        InputStream gzip = new GzipCompressorInputStream(file);
        TarArchiveInputStream tar = new TarArchiveInputStream(gzip)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = entry.getName().replaceFirst("^" + Cifar100Files.DIRECTORY + "/", "");
        if (entry.isFile() && missing.remove(name)) {
          write(tar, directory.resolve(name));
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new IOException("the archive lacks " + String.join(", ", missing));
    }
  }

  private static void write(InputStream from, Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      from.transferTo(Channels.newOutputStream(channel));
      channel.force(true);
    }
  }
}
