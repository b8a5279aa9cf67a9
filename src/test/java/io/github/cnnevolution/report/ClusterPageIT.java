package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.testing.Browser;
import io.github.cnnevolution.training.TrainingProgress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page of a search on a cluster, in a real browser. */
class ClusterPageIT {
  private static final ExecutorState FIRST =
      new ExecutorState("node7/3", 2, List.of("1"), "gpu NVIDIA L4");
  private static final ExecutorState SECOND = new ExecutorState("node8/4", 2, List.of());

  @TempDir private Path directory;
  private final AtomicReference<List<ExecutorState>> executors =
      new AtomicReference<>(List.of(FIRST, SECOND));

  private static void train(RunMadeUp run, String worker) {
    Chromosome chromosome = new Chromosome("0".repeat(20));
    EvaluationJob job =
        new EvaluationJob(worker.hashCode(), chromosome, PlainNetworks.decode(chromosome));
    run.search().onStart(job, worker);
    run.search()
        .onProgress(job, worker, new TrainingProgress(1, 2, 5, 10, 640, 2, Optional.empty()));
  }

  private static void awaitRows(Browser browser, String rows) throws Exception {
    Object shown = null;
    // The page is told once a second; a busy machine takes longer.
    for (int i = 0; i < 600 && !rows.equals(shown); i++) {
      shown =
          browser.value(
              "[...document.querySelectorAll('#live-executors tr')].map(r => [...r.cells].map(c => c.textContent).join('|')).join(' ')");
      Thread.sleep(100);
    }
    assertEquals(rows, shown);
  }

  @Test
  void showsWhatEachExecutorTrains() throws Exception {
    try (RunMadeUp run = new RunMadeUp(directory, executors::get, FIRST.name());
        Browser browser = Browser.required()) {
      run.arrive(1);
      train(run, "node7/3-1");
      browser.driver().get(run.dashboard().url());
      awaitRows(browser, "node7|3|gpu NVIDIA L4|1|1 of 2|320 node8|4|||0 of 2|");
      assertEquals(List.of(), browser.accessibilityViolations());
      executors.set(List.of(SECOND));
      awaitRows(browser, "node8|4|||0 of 2|");
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void isNotThereWithoutACluster() throws Exception {
    executors.set(List.of());
    try (RunMadeUp run = new RunMadeUp(directory, executors::get, "cpu");
        Browser browser = Browser.required()) {
      train(run, "cpu-0");
      browser.driver().get(run.dashboard().url());
      Object hidden = null;
      for (int i = 0; i < 600 && !Boolean.FALSE.equals(hidden); i++) {
        hidden = browser.value("document.getElementById('live').hidden");
        Thread.sleep(100);
      }
      assertEquals(false, hidden);
      assertEquals(true, browser.value("document.getElementById('live-cluster').hidden"));
    }
  }

  /** A worker has one line in the chart of times, whether it has results or trains. */
  @Test
  void aWorkerHasOneLane() throws Exception {
    try (RunMadeUp run = new RunMadeUp(directory, executors::get, FIRST.name())) {
      run.arrive(1);
      train(run, "node7/3-1");
      train(run, "node8/4-0");
      String document =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(run.dashboard().url()).resolve("/data.json"))
                      .build(),
                  BodyHandlers.ofString())
              .body();
      assertEquals(
          "[[\"cpu\",\"node7/3-1\"],[\"node8/4\",\"node8/4-0\"]]",
          new ObjectMapper().readTree(document).get("lanes").toString());
    }
  }
}
