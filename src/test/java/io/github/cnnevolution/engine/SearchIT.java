package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.training.TrainingProgress;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as a program calls it: what it finds, what it leaves alone, how it ends. */
class SearchIT {
  @TempDir Path directory;

  @BeforeAll
  static void prepare() {
    LibTorch.prepare();
  }

  private SearchSettings.Builder settings(String name, long seed) {
    return SearchSettings.builder()
        .data("synthetic")
        .trainLimit(40)
        .epochs(1)
        .batchSize(20)
        .populationSize(3)
        .generations(2)
        .seed(seed)
        .workers(1)
        .directory(directory.resolve(name));
  }

  private static SearchResult run(SearchSettings settings)
      throws IOException, InterruptedException {
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      return search.run();
    }
  }

  /** Network and fitness of each evaluation, which no two searches of a seed may differ in. */
  private static Map<String, Double> fitness(SearchResult result) {
    Map<String, Double> fitness = new TreeMap<>();
    try (EvaluationStore store = EvaluationStore.openToRead(result.directory().database())) {
      store.forEach(
          (StoredEvaluation stored) ->
              fitness.put(
                  stored.evaluation().job().architecture().phenotype(),
                  stored.evaluation().fitness()));
    }
    return fitness;
  }

  @Test
  void twoSearchesInParallelFindWhatEachFindsAlone() throws Exception {
    SearchResult aloneA = run(settings("alone-a", 5).build());
    SearchResult aloneB = run(settings("alone-b", 6).build());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<SearchResult> a = threads.submit(() -> run(settings("a", 5).build()));
      Future<SearchResult> b = threads.submit(() -> run(settings("b", 6).build()));
      assertEquals(fitness(aloneA), fitness(a.get(40, TimeUnit.MINUTES)));
      assertEquals(fitness(aloneB), fitness(b.get(40, TimeUnit.MINUTES)));
    } finally {
      threads.shutdownNow();
    }
    assertFalse(fitness(aloneA).equals(fitness(aloneB)), "two seeds must differ");
    assertEquals(
        -1, Files.mismatch(aloneA.model(), directory.resolve("a").resolve("best_model.pt")));
  }

  @Test
  void neitherPrintsNorSetsPropertiesNorLeavesThreads() throws Exception {
    // Natives and SQLite are loaded by the first search of a process.
    run(settings("first", 1).build());
    Properties before = new Properties();
    before.putAll(System.getProperties());
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8);
    try {
      System.setOut(capture);
      System.setErr(capture);
      run(settings("quiet", 2).build());
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertEquals("", printed.toString(StandardCharsets.UTF_8));
    assertEquals(before, System.getProperties());
    Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
    left.removeAll(threads);
    assertEquals(Set.of(), left);
  }

  @Test
  void anInterruptStopsItAndTheRunGoesOnToTheSameEnd() throws Exception {
    SearchResult whole = run(settings("whole", 7).generations(3).build());
    Thread caller = Thread.currentThread();
    SearchListener interrupting =
        new SearchListener() {
          private int started;

          @Override
          public void onStart(EvaluationJob job, String worker) {
            started++;
          }

          @Override
          public void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
            if (started == 3) {
              caller.interrupt();
            }
          }
        };
    SearchSettings stopped = settings("stopped", 7).generations(3).build();
    SearchResult first;
    try (Search search = Search.start(stopped, interrupting)) {
      first = search.run();
    }
    assertEquals(SearchResult.Stop.INTERRUPTED, first.stop());
    assertTrue(Thread.interrupted(), "the interrupt status must be set again");
    assertTrue(fitness(first).size() < fitness(whole).size());
    SearchResult second;
    try (Search search =
        Search.resume(directory.resolve("stopped"), builder -> builder, SearchListener.NONE)) {
      second = search.run();
    }
    assertEquals(SearchResult.Stop.FINISHED, second.stop());
    assertEquals(fitness(whole), fitness(second));
    assertEquals(-1, Files.mismatch(whole.model(), second.model()));
    assertEquals(whole.summary().get().testAccuracy(), second.summary().get().testAccuracy());
  }

  @Test
  void aRunThatIsOverIsAnsweredFromItsDirectory() throws Exception {
    SearchResult result = run(settings("over", 8).build());
    try (Search search =
        Search.resume(directory.resolve("over"), builder -> builder, SearchListener.NONE)) {
      SearchResult again = search.run();
      assertTrue(again.repeated());
      assertEquals(result.summary().get().best().fitness(), again.best().get().fitness());
      assertEquals(result.summary().get().testAccuracy(), again.summary().get().testAccuracy());
    }
  }

  @Test
  void settingsThatWouldChangeTheResultsAreRefusedByName() throws Exception {
    run(settings("fixed", 9).build());
    SettingException refused =
        assertThrows(
            SettingException.class,
            () ->
                Search.resume(
                    directory.resolve("fixed"),
                    builder -> builder.populationSize(4),
                    SearchListener.NONE));
    assertTrue(refused.getMessage().startsWith("pop_size 4: "), refused.getMessage());
    assertTrue(
        refused.commandLineMessage().startsWith("--pop_size 4: "), refused.commandLineMessage());
    assertTrue(refused.getMessage().contains("was started with 3"), refused.getMessage());
  }

  @Test
  void twoSessionsCannotDisagreeOnThreads() throws Exception {
    SearchSettings one = settings("one", 1).threadsPerWorker(1).build();
    try (Search search = Search.start(one, SearchListener.NONE)) {
      SettingException refused =
          assertThrows(
              SettingException.class,
              () ->
                  Search.start(
                      settings("two", 1).threadsPerWorker(2).build(), SearchListener.NONE));
      assertTrue(refused.getMessage().startsWith("threads_per_worker 2: "), refused.getMessage());
    }
    assertFalse(Files.exists(directory.resolve("two")));
  }

  @Test
  void aDirectoryInUseIsRefused() throws Exception {
    SearchSettings settings = settings("taken", 1).build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      assertThrows(SettingException.class, () -> Search.start(settings, SearchListener.NONE));
      DirectoryException refused =
          assertThrows(
              DirectoryException.class,
              () ->
                  Search.resume(
                      directory.resolve("taken"), builder -> builder, SearchListener.NONE));
      assertTrue(refused.getMessage().contains("in use by"), refused.getMessage());
    }
  }

  /** In a process of its own, whose heap is resident from the start. */
  @Test
  void manySearchesLeaveNoMemoryBehind() throws Exception {
    String classPath =
        new File("target/test-classes").getAbsolutePath()
            + File.pathSeparator
            + new File(System.getProperty("cnnevolution.jar")).getAbsolutePath();
    Process process =
        new ProcessBuilder(
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                "-Xms512m",
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-cp",
                classPath,
                ManySearches.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Long> resident =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .map(Long::valueOf)
            .toList();
    assertEquals(0, process.waitFor());
    assertEquals(ManySearches.COUNT, resident.size());
    // The allocator settles within ten searches. Each search trains three networks of 40 MB.
    long growth = resident.get(ManySearches.COUNT - 1) - resident.get(10);
    assertTrue(growth < 40_000, "resident kB after each search: " + resident);
  }
}
