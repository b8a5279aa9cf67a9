package io.github.cnnevolution.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Time limits while the process is stopped and while it works. */
class ActiveClockTest {
  private final AtomicLong nanoTime = new AtomicLong(-5);
  private final ActiveClock clock = ActiveClock.of(nanoTime::get);

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  /** As the clock's thread reads it while the process works. */
  private void work(Duration time) {
    for (long millis = 0; millis < time.toMillis(); millis += 500) {
      pass(Duration.ofMillis(500));
      clock.nanos();
    }
  }

  @Test
  void countsWorkInFullAndAPauseNot() {
    work(Duration.ofSeconds(7));
    pass(Duration.ofMinutes(41));
    work(Duration.ofSeconds(3));
    // The pause ends with the first half second after it, and both count as one tick.
    assertEquals(Duration.ofMillis(7_000 + 200 + 2_500), Duration.ofNanos(clock.nanos()));
  }

  @Test
  void aPauseDoesNotEndATraining() {
    Deadline deadline = Deadline.in(Optional.of(Duration.ofSeconds(40)), clock);
    work(Duration.ofSeconds(7));
    pass(Duration.ofSeconds(41));
    assertDoesNotThrow(deadline::check);
    work(Duration.ofSeconds(32));
    assertDoesNotThrow(deadline::check);
    work(Duration.ofSeconds(1));
    assertThrows(TimeLimitException.class, deadline::check);
  }

  @Test
  void withoutALimitThereIsNoDeadline() {
    Deadline deadline = Deadline.in(Optional.empty(), clock);
    work(Duration.ofDays(1).dividedBy(100));
    assertDoesNotThrow(deadline::check);
  }

  /** Prints, once a line has come, by how much the clock is behind the time of the machine. */
  static final class Behind {
    private Behind() {}

    public static void main(String[] arguments) throws IOException {
      long start = System.nanoTime();
      try (ActiveClock clock = ActiveClock.start()) {
        System.out.println("started");
        System.in.read();
        long active = clock.nanos();
        System.out.println((System.nanoTime() - start - active) / 1_000_000);
      }
    }
  }

  private static void signal(Process process, String name) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor());
  }

  /** The kernel says in /proc when a process stands still. */
  private static void awaitStopped(Process process) throws Exception {
    Path stat = Path.of("/proc/" + process.pid() + "/stat");
    while (!Files.readString(stat).contains(") T ")) {
      Thread.sleep(5);
    }
  }

  @Test
  void aStoppedProcessDoesNotAge() throws Exception {
    Process process =
        new ProcessBuilder(
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                "-cp",
                System.getProperty("java.class.path"),
                Behind.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertEquals("started", out.readLine());
      signal(process, "STOP");
      awaitStopped(process);
      // The pause is what is tested; a longer one does no harm.
      long start = System.nanoTime();
      Thread.sleep(2_500);
      long pause = (System.nanoTime() - start) / 1_000_000;
      signal(process, "CONT");
      process.getOutputStream().write('\n');
      process.getOutputStream().close();
      long behind = Long.parseLong(out.readLine());
      assertTrue(behind >= pause - 400, behind + " ms behind after a pause of " + pause);
    } finally {
      process.destroyForcibly();
    }
  }
}
