package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
   * @return [n, 3, 32, 32] uint8 for each part
   * @throws DatasetException if a picture cannot be read; it names the first such picture in the
   *     order of the listing
   * @throws InterruptedException if the thread is interrupted
   */
  static List<byte[]> convert(PictureListing listing, ConversionListener listener)
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
      List<byte[]> parts = new ArrayList<>();
      List<Future<?>> tasks = new ArrayList<>();
      for (PictureListing.Part part : listing.parts()) {
        byte[] pixels = new byte[part.pictures().size() * ImageSet.PIXELS];
        parts.add(pixels);
        for (int i = 0; i < part.pictures().size(); i++) {
          Path file = part.pictures().get(i).file();
          int offset = i * ImageSet.PIXELS;
          tasks.add(workers.submit(() -> convert(file, pixels, offset)));
        }
      }
      for (int i = 0; i < tasks.size(); i++) {
        if (Thread.interrupted()) {
          // Checks explicitly: waiting for a finished task does not detect an interrupt.
          throw new InterruptedException();
        }
        await(tasks.get(i));
        listener.onProgress(i + 1, tasks.size());
      }
      return parts;
    } finally {
      workers.shutdownNow();
    }
  }

  private static void convert(Path file, byte[] pixels, int offset) {
    try {
      byte[] picture = PictureFile.read(file);
      System.arraycopy(picture, 0, pixels, offset, picture.length);
    } catch (IOException e) {
      throw PictureListing.notAPicture(
          file, Text.format("one that cannot be read (%s)", Failures.describe(e)), e);
    }
  }

  private static void await(Future<?> task) throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DatasetException broken) {
        throw broken;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
