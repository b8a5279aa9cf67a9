package io.github.cnnevolution.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Converts pictures to images of {@value ImageSet#SIDE} x {@value ImageSet#SIDE} pixels, several at
 * a time.
 */
final class PictureConversion {
  /** The limit on threads. More threads could run out of memory with large pictures. */
  private static final int MAX_THREADS = 8;

  private PictureConversion() {}

  /**
   * Converts all pictures of a listing as {@link PictureFile} defines.
   *
   * @param directory of the listing
   * @return [n, 3, 32, 32] uint8 for each part
   * @throws DatasetException if pictures cannot be read; it names them in the order of the listing
   * @throws InterruptedException if the thread is interrupted
   */
  static List<ByteBuffer> convert(
      Path directory, PictureListing listing, ConversionListener listener)
      throws InterruptedException {
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    ExecutorService workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "pictures");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<ByteBuffer> parts = new ArrayList<>();
      List<Path> files = new ArrayList<>();
      List<Future<Optional<String>>> tasks = new ArrayList<>();
      for (PictureListing.Part part : listing.parts()) {
        ByteBuffer pixels = ByteBuffer.allocateDirect(part.pictures().size() * ImageSet.PIXELS);
        parts.add(pixels);
        for (int i = 0; i < part.pictures().size(); i++) {
          Path file = part.pictures().get(i).file();
          int offset = i * ImageSet.PIXELS;
          files.add(file);
          tasks.add(workers.submit(() -> convert(file, pixels, offset)));
        }
      }
      Map<Path, String> faults = new LinkedHashMap<>();
      for (int i = 0; i < tasks.size(); i++) {
        if (Thread.interrupted()) {
          // Checks explicitly: waiting for a finished task does not detect an interrupt.
          throw new InterruptedException();
        }
        Path file = files.get(i);
        await(tasks.get(i)).ifPresent(reason -> faults.put(file, reason));
        listener.onProgress(i + 1, tasks.size());
      }
      if (!faults.isEmpty()) {
        throw PictureListing.unreadable(directory, faults);
      }
      return parts;
    } finally {
      workers.shutdownNow();
    }
  }

  /** Converts a picture; returns the reason if it cannot be read. */
  private static Optional<String> convert(Path file, ByteBuffer pixels, int offset) {
    try {
      pixels.put(offset, PictureFile.read(file));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(Failures.describe(e));
    }
  }

  private static Optional<String> await(Future<Optional<String>> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
