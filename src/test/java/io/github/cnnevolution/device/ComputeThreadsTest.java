package io.github.cnnevolution.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ComputeThreadsTest {
  @BeforeAll
  static void prepare() {
    NativeRuntime.prepare(Optional.empty());
  }

  /** Others than the main one are there, or the test would say nothing. */
  @Test
  void eachHasTheMainArenaWhileOtherThreadsHaveNot() throws Exception {
    CountDownLatch all = new CountDownLatch(1);
    Queue<Boolean> plain = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                plain.add(ComputeThreads.inMainArena());
                await(all);
              });
      threads.add(thread);
      thread.start();
    }
    Queue<Boolean> ours = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          ComputeThreads.start(
              "worker-" + i,
              () -> {
                ours.add(ComputeThreads.inMainArena());
                await(all);
              }));
    }
    all.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(plain.contains(false), plain.toString());
    assertEquals(8, ours.size());
    assertFalse(ours.contains(false), ours.toString());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The work runs once, in the thread that is returned, and those tried before end. */
  @Test
  void theFirstThatFitsWorks() throws Exception {
    AtomicInteger tried = new AtomicInteger();
    Queue<Thread> seen = new ConcurrentLinkedQueue<>();
    Queue<Thread> worked = new ConcurrentLinkedQueue<>();
    Thread thread =
        ComputeThreads.start(
            "worker",
            () -> worked.add(Thread.currentThread()),
            () -> {
              seen.add(Thread.currentThread());
              return tried.incrementAndGet() == 5;
            });
    thread.join();
    assertEquals(List.of(thread), List.copyOf(worked));
    assertEquals("worker", thread.getName());
    assertTrue(thread.isDaemon());
    assertEquals(5, seen.size());
    for (Thread other : seen) {
      other.join();
    }
  }

  /** A machine on which none fits works all the same. */
  @Test
  void whereNoneFitsTheLastOneWorks() throws Exception {
    AtomicInteger works = new AtomicInteger();
    ComputeThreads.start("worker", works::incrementAndGet, () -> false).join();
    assertEquals(1, works.get());
  }
}
