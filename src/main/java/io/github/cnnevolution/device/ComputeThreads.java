package io.github.cnnevolution.device;

import com.sun.jna.Pointer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Starts the threads that train networks, so that on the CPU they take memory from glibc's main
 * arena.
 *
 * <p>glibc gives a new thread one of the arenas that threads of the Java machine have made before
 * {@link NativeRuntime} could allow no more. In all but the main one a block above 64 MB has no
 * place ({@code HEAP_MAX_SIZE} in glibc's malloc/arena.c). It is mapped anew each time, and each of
 * its pages is faulted in: a network with such tensors trained at 0.4 of its speed, and was
 * validated at 0.2. A thread's arena is settled before its first statement, and no call sets it. So
 * threads are started, in turn through the arenas, until one has the main one; the others end.
 */
public final class ComputeThreads {
  /** Arenas are as many as threads of the Java machine; in doubt, slow is better than never. */
  private static final int MOST_TRIES = 500;

  /** Too large for a thread's own cache, whose blocks may be of another thread's arena. */
  private static final long PROBE_BYTES = 1 << 16;

  /** {@code NON_MAIN_ARENA}, a bit of the size before each block in glibc's malloc/malloc.c. */
  private static final long NOT_MAIN = 4;

  private ComputeThreads() {}

  /**
   * Starts a daemon thread. Call {@link NativeRuntime#prepare} first.
   *
   * @param name of the thread
   */
  public static Thread start(String name, Runnable work) {
    return start(
        name, work, NativeRuntime.hasOneArena() ? ComputeThreads::inMainArena : () -> true);
  }

  static Thread start(String name, Runnable work, BooleanSupplier fits) {
    CountDownLatch found = new CountDownLatch(1);
    try {
      for (int tries = MOST_TRIES; ; tries--) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        boolean last = tries == 1;
        Thread thread =
            new Thread(
                () -> {
                  boolean takes = last || fits.getAsBoolean();
                  taken.complete(takes);
                  if (takes) {
                    work.run();
                  } else {
                    // An arena whose thread has ended would be the next one's.
                    await(found);
                  }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        if (taken.join()) {
          return thread;
        }
      }
    } finally {
      found.countDown();
    }
  }

  private static void await(CountDownLatch found) {
    try {
      found.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether this thread takes memory from glibc's main arena; true where that is not known. */
  static boolean inMainArena() {
    try {
      LibC libc = LibC.load();
      Pointer block = libc.malloc(PROBE_BYTES);
      if (block == null) {
        return true;
      }
      boolean main = (block.getLong(-Long.BYTES) & NOT_MAIN) == 0;
      libc.free(block);
      return main;
    } catch (LinkageError e) {
      return true;
    }
  }
}
