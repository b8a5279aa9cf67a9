package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeviceGateTest {
  /** Workers that step all the time let others be alone, and none of them steps meanwhile. */
  @Test
  void nobodyWorksWhileItIsQuiet() throws Exception {
    DeviceGate gate = new DeviceGate();
    AtomicInteger inStep = new AtomicInteger();
    AtomicInteger steps = new AtomicInteger();
    AtomicInteger disturbed = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    int workers = 4;
    CountDownLatch started = new CountDownLatch(workers);
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      futures.add(
          pool.submit(
              () ->
                  gate.working(
                      () -> {
                        started.countDown();
                        while (!stop.get()) {
                          inStep.incrementAndGet();
                          Thread.onSpinWait();
                          steps.incrementAndGet();
                          inStep.decrementAndGet();
                          gate.pass();
                        }
                        return 0;
                      })));
    }
    started.await();
    for (int i = 0; i < 200; i++) {
      gate.quietly(
          () -> {
            int before = steps.get();
            for (int look = 0; look < 100; look++) {
              disturbed.addAndGet(inStep.get());
              Thread.onSpinWait();
            }
            disturbed.addAndGet(steps.get() - before);
            return 0;
          });
    }
    stop.set(true);
    for (Future<?> future : futures) {
      future.get();
    }
    pool.shutdown();
    assertEquals(0, disturbed.get());
    assertTrue(steps.get() > 0);
  }

  /** Several that want quiet get it one after the other, beside workers. */
  @Test
  void allWhoWantQuietGetIt() throws Exception {
    DeviceGate gate = new DeviceGate();
    AtomicInteger quiet = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(6);
    List<Future<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      futures.add(
          pool.submit(
              () -> {
                for (int round = 0; round < 50; round++) {
                  gate.quietly(
                      () -> {
                        together.addAndGet(quiet.getAndIncrement());
                        quiet.decrementAndGet();
                        return 0;
                      });
                  gate.working(
                      () -> {
                        for (int step = 0; step < 20; step++) {
                          gate.pass();
                        }
                        return 0;
                      });
                }
                return 0;
              }));
    }
    for (Future<Integer> future : futures) {
      future.get();
    }
    pool.shutdown();
    assertEquals(0, together.get());
  }

  @Test
  void passingWithoutWorkDoesNothing() {
    new DeviceGate().pass();
  }
}
