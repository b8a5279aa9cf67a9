package io.github.cnnevolution.data;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Brings CIFAR-100 into the cache directory: fetch, check, unpack, put into place.
 *
 * <p>The archive (161 MB) arrives in {@code cifar-100-binary.tar.gz.part}, which an interrupted
 * download leaves behind and the next one continues. Only when its MD5 is right is it unpacked,
 * into a directory beside the final one that is then renamed in one step: {@code cifar-100-binary}
 * is either absent or whole. A lock file keeps two downloads apart. MD5 is what the publisher
 * gives; it guards against accidents, the https address against ill will.
 *
 * <p>At most 350 MB of disk are needed on the way, 184 MB in the end.
 */
public final class Cifar100Download {
  /** Where the publisher keeps the archive. */
  public static final URI SOURCE =
      URI.create("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz");

  /** The publisher's MD5 of the archive. */
  public static final String MD5 = "03b5dce01913d631647c71ecec9e9cb8";

  /** What a user types to download. */
  static final String COMMAND = "java -jar cnn-evolution.jar download";

  private final Path cache;
  private final URI source;
  private final String md5;
  private final RetryPolicy patience;

  /**
   * The official archive.
   *
   * @param cacheDirectory where to keep it, see {@link DatasetLocator#cacheDirectory()}; created
   *     when needed
   */
  public Cifar100Download(Path cacheDirectory) {
    this(cacheDirectory, SOURCE, MD5, RetryPolicy.DEFAULT);
  }

  /**
   * An archive of the same layout from elsewhere.
   *
   * @param cacheDirectory where to keep it; created when needed
   * @param source an http or https address
   * @param md5 the archive's MD5, 32 lower-case hexadecimal digits
   * @param patience timeouts and retries
   * @throws IllegalArgumentException if {@code md5} is not one
   */
  public Cifar100Download(Path cacheDirectory, URI source, String md5, RetryPolicy patience) {
    if (!md5.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException(
          "an MD5 is 32 lower-case hexadecimal digits, but was '" + md5 + "'");
    }
    this.cache = cacheDirectory;
    this.source = source;
    this.md5 = md5;
    this.patience = patience;
  }

  /** Where the unpacked files are, or will be. */
  public Path directory() {
    return cache.resolve(Cifar100Files.DIRECTORY);
  }

  /**
   * Downloads, unless the files are there and readable. Takes minutes; interrupting the thread ends
   * it and leaves the thread's interrupt flag set.
   *
   * @throws DownloadException if it cannot be done, with what to do about it
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
      new ResumableFetch(source, part, patience, listener).run();
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

  /** Takes the lock, which the system takes back with the channel or the process. */
  private void acquire(FileChannel channel, Path lock) throws IOException {
    boolean acquired;
    try {
      acquired = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      acquired = false;
    }
    if (!acquired) {
      throw new DownloadException(
          "another download into %s is running and holds %s; wait for it to end"
              .formatted(cache, lock.getFileName()),
          null);
    }
  }

  /** Reads the files, in well under a second: damage is then mended by downloading again. */
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
          ("%s has the wrong checksum: expected MD5 %s, found %s; "
                  + "the file has been deleted, run `%s` again")
              .formatted(source, md5, found, COMMAND),
          null);
    }
  }

  private void unpack(PartFile part) {
    Path unpacking = cache.resolve(Cifar100Files.DIRECTORY + ".unpacking");
    try {
      clear(unpacking);
      Files.createDirectory(unpacking);
      Cifar100Archive.unpack(part.path(), unpacking);
      clear(directory());
      Files.move(unpacking, directory(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new DownloadException(
          ("cannot unpack %s: %s; check the free space in %s, "
                  + "then run `%s` again, which need not fetch it anew")
              .formatted(part.path(), Failures.describe(e), cache, COMMAND),
          e);
    }
    part.delete();
  }

  /** Removes a directory of an earlier download; fails if it holds anything else. */
  private static void clear(Path directory) throws IOException {
    for (String file : Cifar100Archive.FILES) {
      Files.deleteIfExists(directory.resolve(file));
    }
    Files.deleteIfExists(directory);
  }

  /**
   * What a download came to.
   *
   * @param directory where the files are
   * @param fetched false if they were there before
   */
  public record Result(Path directory, boolean fetched) {
    /** A line for the user. */
    public String message() {
      return fetched
          ? "CIFAR-100 is now in " + directory
          : "CIFAR-100 is already in " + directory + "; nothing to download";
    }
  }
}
