package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Downloads CIFAR-100 into the cache directory: fetches the archive, verifies it, unpacks it, and
 * renames it into place.
 *
 * <p>The archive (169 MB) is written to {@code cifar-100-binary.tar.gz.part}. An interrupted
 * download keeps this file, and the next one continues it. The archive is unpacked only if its MD5
 * is correct, into a temporary directory that is then renamed in one step: {@code cifar-100-binary}
 * is either absent or complete. A lock file prevents two downloads at the same time. The publisher
 * provides an MD5 only; it detects accidental damage, and https protects against manipulation.
 *
 * <p>The download needs at most 354 MB of disk, and the unpacked files need 184 MB.
 */
public final class Cifar100Download {
  /** The address of the archive at the publisher. */
  public static final URI SOURCE =
      URI.create("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz");

  /** The publisher's MD5 of the archive. */
  public static final String MD5 = "03b5dce01913d631647c71ecec9e9cb8";

  /** The command line that downloads the data set. */
  static final String COMMAND = "java -jar cnn-evolution.jar download";

  private final Path cache;
  private final URI source;
  private final String md5;
  private final RetryPolicy retryPolicy;

  /**
   * Creates a download of the official archive.
   *
   * @param cacheDirectory the directory for the files, see {@link DatasetLocator#cacheDirectory()};
   *     created if missing
   */
  public Cifar100Download(Path cacheDirectory) {
    this(cacheDirectory, SOURCE, MD5, RetryPolicy.DEFAULT);
  }

  /**
   * Creates a download of an archive with the same layout from another address.
   *
   * @param cacheDirectory the directory for the files; created if missing
   * @param source an http or https address
   * @param md5 the archive's MD5, 32 lower-case hexadecimal digits
   * @param retryPolicy timeouts and retries
   * @throws IllegalArgumentException if {@code md5} is not an MD5 in this form
   */
  public Cifar100Download(Path cacheDirectory, URI source, String md5, RetryPolicy retryPolicy) {
    if (!md5.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException(
          "an MD5 must be 32 lower-case hexadecimal digits, but was '" + md5 + "'");
    }
    this.cache = cacheDirectory;
    this.source = source;
    this.md5 = md5;
    this.retryPolicy = retryPolicy;
  }

  /** Returns the directory of the unpacked files. It may not exist yet. */
  public Path directory() {
    return cache.resolve(Cifar100Files.DIRECTORY);
  }

  /**
   * Downloads the files, unless readable files exist already. This takes minutes. An interrupt of
   * the thread ends the download; the interrupt flag stays set.
   *
   * @throws DownloadException if the download fails; the message includes a remedy
   */
  public Result run(DownloadListener listener) {
    createDirectories(cache);
    Path lock = cache.resolve("download.lock");
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      acquire(channel, lock);
      if (isComplete()) {
        return new Result(directory(), false);
      }
      PartFile part = new PartFile(cache.resolve(Cifar100Files.DIRECTORY + ".tar.gz.part"));
      new ResumableFetch(source, part, retryPolicy, listener).run();
      verify(part);
      unpack(part);
      return new Result(directory(), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DownloadException.interrupted(e);
    } catch (IOException e) {
      throw DownloadException.disk(lock, e);
    }
  }

  private static void createDirectories(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw DownloadException.disk(directory, e);
    }
  }

  /**
   * Takes the lock. The operating system releases it when the channel is closed or the process
   * ends.
   */
  private void acquire(FileChannel channel, Path lock) throws IOException {
    boolean acquired;
    try {
      acquired = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      acquired = false;
    }
    if (!acquired) {
      throw new DownloadException(
          Text.format(
              "another download into %s is running and holds %s; wait for it to end",
              cache, lock.getFileName()),
          null);
    }
  }

  /**
   * Returns whether all files exist and are valid. Reads them, in well under a second, so that a
   * new download replaces damaged files.
   */
  private boolean isComplete() {
    if (!Cifar100Archive.FILES.stream().allMatch(f -> Files.exists(directory().resolve(f)))) {
      return false;
    }
    try {
      Cifar100Files.read(directory());
      return true;
    } catch (DatasetException e) {
      return false;
    }
  }

  private void verify(PartFile part) {
    String found = part.md5();
    if (!found.equals(md5)) {
      part.delete();
      throw new DownloadException(
          Text.format(
              "%s has the wrong checksum: expected MD5 %s, found %s; "
                  + "the file has been deleted, run `%s` again",
              source, md5, found, COMMAND),
          null);
    }
  }

  private void unpack(PartFile part) {
    Path unpacking = cache.resolve(Cifar100Files.DIRECTORY + ".unpacking");
    try {
      deleteDownload(unpacking);
      Files.createDirectory(unpacking);
      Cifar100Archive.unpack(part.path(), unpacking);
      deleteDownload(directory());
      Files.move(unpacking, directory(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new DownloadException(
          Text.format(
              "cannot unpack %s: %s; check the free space in %s, "
                  + "then run `%s` again, which does not download it again",
              part.path(), Failures.describe(e), cache, COMMAND),
          e);
    }
    part.delete();
  }

  /** Deletes a directory of an earlier download. Fails if it contains any other file. */
  private static void deleteDownload(Path directory) throws IOException {
    for (String file : Cifar100Archive.FILES) {
      Files.deleteIfExists(directory.resolve(file));
    }
    Files.deleteIfExists(directory);
  }

  /**
   * The result of a download.
   *
   * @param directory where the files are
   * @param fetched whether the files were downloaded now; false if they existed already
   */
  public record Result(Path directory, boolean fetched) {
    /** Returns the result as one line for the user. */
    public String message() {
      return fetched
          ? "CIFAR-100 is now in " + directory
          : "CIFAR-100 is already in " + directory + "; nothing to download";
    }
  }
}
