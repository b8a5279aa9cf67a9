package io.github.cnnevolution.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes images of {@value ImageSet#SIDE} x {@value ImageSet#SIDE} of pictures, several at a time.
 */
final class PictureConversion {
  /** More would need more memory for large pictures than there may be. */
  private static final int MAX_THREADS = 8;

  private PictureConversion() {}

  /**
   * Converts everything in a listing by the rule of {@link PictureFile}.
   *
   * @return [n, 3, 32, 32] uint8 for each part
   * @throws DatasetException if a picture cannot be read: the first of them in the listing's order
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
          // What is done already is answered without waiting: nothing else would notice.
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
      throw PictureListing.broken(
          file, "one that cannot be read (%s)".formatted(Failures.describe(e)), e);
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
