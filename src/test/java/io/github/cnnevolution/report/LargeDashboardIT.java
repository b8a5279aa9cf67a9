package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.testing.Browser;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The live page of a run that has grown large, in a real browser. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class LargeDashboardIT {
  private static final int MANY = 10_000;

  @TempDir private Path directory;

  private static void awaitShown(Browser browser, int count) throws InterruptedException {
    String said = "(document.getElementById('rows-said')?.textContent ?? '')";
    String wanted = "%,d evaluations".formatted(count);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!wanted.equals(browser.value(said))) {
      assertTrue(System.nanoTime() < end, "never shown: " + wanted);
      Thread.sleep(20);
    }
  }

  @Test
  void aNewResultIsShownWithinTwoSecondsAmongTenThousand() throws Exception {
    try (Browser browser = Browser.required();
        RunMadeUp run = new RunMadeUp(directory)) {
      for (int i = 0; i < MANY; i++) {
        run.arrive(i);
      }
      browser.driver().get(run.dashboard().url());
      awaitShown(browser, MANY);
      for (int i = 0; i < 6; i++) {
        // At other moments of whatever beat the server and the page keep.
        Thread.sleep(2_000 + 370 * i % 1_000);
        run.arrive(MANY + 2 * i);
        Thread.sleep(150);
        long start = System.nanoTime();
        run.arrive(MANY + 2 * i + 1);
        awaitShown(browser, MANY + 2 * i + 2);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        System.out.printf("among 10,000: shown after %d ms%n", millis);
        assertTrue(millis < 2_000, "shown after " + millis + " ms");
      }
      assertEquals(List.of(), browser.complaints());
    }
  }
}
