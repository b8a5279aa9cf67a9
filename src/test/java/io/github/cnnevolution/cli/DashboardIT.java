package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.testing.Browser;
import io.github.cnnevolution.testing.RunStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page of a real run in a real browser. */
class DashboardIT {
  /** As many networks as the tile says. */
  private static final String EVALUATED =
      "Number([...document.querySelectorAll('#tiles .tile')].find(t =>"
          + " t.querySelector('dt').textContent === 'Evaluations')?.querySelector('.value').textContent ?? -1)";

  private static final String LOADED = "performance.getEntriesByType('resource').length";

  private static final String CONNECTION = "document.getElementById('connection').textContent";

  private static final String STATE = "document.getElementById('state').textContent";

  @TempDir private Path directory;

  private RunProcess start(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("evolve"));
    all.addAll(List.of(options));
    return Launch.jar().start(directory, all.toArray(String[]::new));
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void await(RunProcess run, String what, BooleanSupplier condition)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited in vain: " + what + "\n" + run.text());
      Thread.sleep(20);
    }
  }

  private static long evaluated(Browser browser) {
    return ((Number) browser.value(EVALUATED)).longValue();
  }

  @Test
  void showsEachResultAndOutlivesItsServer() throws Exception {
    int port = freePort();
    Path path = directory.resolve("r");
    String url = "http://127.0.0.1:" + port + "/";
    RunProcess run =
        start(
            "--data synthetic --train_limit 100 --epochs 2 --batch_size 50 --pop_size 6 --max_flops 60M --generations 40 --workers 1 --out r --dashboard="
                .concat("" + port)
                .split(" "));
    try (Browser browser = Browser.required()) {
      await(run, "the address", () -> lines(run).contains("page    " + url));
      browser.driver().get(url);
      await(run, "the page", () -> evaluated(browser) >= 0);
      assertPushed(run, path, browser, 3);
      await(
          run,
          "a worker's row",
          () ->
              String.valueOf(browser.value("document.getElementById('live').innerText"))
                  .contains("cpu-0"));
      await(
          run,
          "the time left of the run",
          () ->
              String.valueOf(browser.value("document.getElementById('live-said').textContent"))
                  .matches("Generation \\d+ of 40: .*\\. The whole run: about .* left"));
      assertEquals(List.of(), browser.accessibilityViolations());
      // What a reader has chosen, to be found again later.
      browser.value(
          "(document.getElementById('filter-text').value = 'w', document.getElementById('filter-text').dispatchEvent(new Event('input')))");
      assertEquals(List.of(), browser.complaints());

      run.kill();
      await(run, "the loss of the server", () -> said(browser, "no connection"));
      long before = evaluated(browser);
      RunProcess again = start("--resume", "r", "--dashboard=" + port);
      try {
        await(again, "the server's return", () -> said(browser, "live"));
        assertPushed(again, path, browser, before + 2);
        assertEquals("w", browser.value("document.getElementById('filter-text').value"));
        browser.driver().navigate().refresh();
        await(again, "the page after its reload", () -> evaluated(browser) >= before + 2);
        assertEquals("w", browser.value("document.getElementById('filter-text').value"));
        browser.complaints();

        again.signal("TERM");
        assertEquals(143, again.code(), again.text());
        await(again, "the end", () -> said(browser, "report.html"));
        await(again, "the last result", () -> evaluated(browser) == RunStore.size(path));
        await(again, "the state", () -> "stopped".equals(browser.value(STATE)));
      } finally {
        again.kill();
      }
    } finally {
      run.kill();
    }
  }

  private static List<String> lines(RunProcess run) {
    try {
      return Files.readAllLines(run.out());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean said(Browser browser, String text) {
    return String.valueOf(browser.value(CONNECTION)).contains(text);
  }

  /**
   * Watches until so many results are there. Each is pushed: a page that asks again and again would
   * load more and more. How soon the server pushes, {@code DashboardTest} measures.
   */
  private static void assertPushed(RunProcess run, Path path, Browser browser, long count)
      throws Exception {
    Object loaded = browser.value(LOADED);
    for (long seen = evaluated(browser); seen < count; seen = evaluated(browser)) {
      long next = seen + 1;
      await(run, "result " + next, () -> RunStore.size(path) >= next);
      await(run, "result " + next + " in the page", () -> evaluated(browser) >= next);
    }
    assertEquals(loaded, browser.value(LOADED), "the page has asked for more");
  }

  /** Its address is that of a machine, or none but this machine's own. */
  @Test
  void whoShowsThePageToOthersIsWarned() {
    String[] options =
        "--data synthetic --train_limit 20 --epochs 1 --batch_size 10 --pop_size 2 --max_flops 60M --generations 1 --dashboard=0 --out"
            .split(" ");
    for (String host : List.of("127.0.0.1", "0.0.0.0")) {
      List<String> all = new ArrayList<>(List.of(options));
      all.addAll(List.of(directory.resolve(host).toString(), "--dashboard_host", host));
      CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
      assertEquals(0, run.code(), run.err());
      assertTrue(run.out().contains("page    http://" + host + ":"), run.out());
      assertEquals(
          host.equals("0.0.0.0"),
          run.err().contains("everyone who can reach this machine can read the page"),
          run.err());
    }
  }

  @Test
  void theLastStateIsShownWhenTheRunIsFinished() throws Exception {
    int port = freePort();
    RunProcess run =
        start(
            "--data synthetic --train_limit 100 --epochs 1 --batch_size 50 --pop_size 3 --max_flops 60M --generations 2 --out r --dashboard="
                .concat("" + port)
                .split(" "));
    try (Browser browser = Browser.required()) {
      await(
          run, "the address", () -> lines(run).stream().anyMatch(line -> line.startsWith("page ")));
      browser.driver().get("http://127.0.0.1:" + port + "/");
      run.endsWith(0);
      await(run, "the end", () -> said(browser, "the run is finished"));
      await(run, "the state", () -> "finished".equals(browser.value(STATE)));
      String tiles = String.valueOf(browser.value("document.getElementById('tiles').innerText"));
      assertTrue(tiles.contains("2 of 2"), tiles);
      String best =
          String.valueOf(browser.value("document.getElementById('best-figures').innerText"));
      assertFalse(best.contains("at the end"), "the test accuracy is there: " + best);
    } finally {
      run.kill();
    }
  }
}
