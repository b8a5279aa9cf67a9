package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which weights are in which file, with real networks in real files. */
class KeptModelsTest {
  private static final String BEST = "best_model.pt";

  /** The order of the networks: by fitness, and equal ones by who was asked for first. */
  private static final List<Evaluation> RANKING =
      List.of(evaluation(3, 0.9), evaluation(1, 0.5), evaluation(4, 0.5), evaluation(2, 0.1));

  /** What the store of a run would know. */
  private static final Set<String> KNOWN =
      RANKING.stream().map(e -> e.job().architecture().phenotype()).collect(Collectors.toSet());

  @TempDir private Path directory;
  private KeptModels models;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  @BeforeEach
  void create() {
    models = models(3);
  }

  private KeptModels models(int count) {
    return new KeptModels(directory.resolve(BEST), directory.resolve("top"), count);
  }

  private static Evaluation evaluation(int index, double fitness) {
    return evaluation(Candidates.job(index, index), fitness);
  }

  private static Evaluation evaluation(EvaluationJob job, double fitness) {
    return Evaluation.ofAccuracy(job, fitness, List.of(), 1, 1, 1, "cpu-0");
  }

  /** A network whose weights are a function of its architecture. */
  private static Network network(Evaluation evaluation) {
    return new Network(
        evaluation.job().architecture(), Devices.cpu(), 7 * evaluation.job().id() + 1);
  }

  private static void offer(KeptModels models, Evaluation evaluation) {
    try (Network network = network(evaluation)) {
      models.onTrained(evaluation, network);
    }
  }

  private static void restore(KeptModels models, Evaluation evaluation)
      throws InterruptedException {
    try (Network network = network(evaluation)) {
      models.restore(evaluation, network);
    }
  }

  private static String top(int rank) {
    return "top/" + RANKING.get(rank).job().architecture().phenotype() + ".pt";
  }

  private Map<String, ByteBuffer> files() throws IOException {
    Map<String, ByteBuffer> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(file).toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  /** Whether a file holds the weights of the network at this place, to the last bit. */
  private void assertHolds(String name, int rank) throws IOException {
    Path expected = directory.resolveSibling("expected.pt");
    try (Network network = network(RANKING.get(rank));
        Weights weights = new Weights(network)) {
      weights.write(expected, Weights.origin(directory.resolve(name)).orElseThrow());
      assertEquals(-1, Files.mismatch(expected, directory.resolve(name)), name);
    } finally {
      Files.deleteIfExists(expected);
    }
  }

  @Test
  void theBestAreKeptInWhateverOrderTheyCome() throws Exception {
    Map<String, ByteBuffer> first = null;
    for (List<Integer> order :
        List.of(
            List.of(0, 1, 2, 3),
            List.of(3, 2, 1, 0),
            List.of(2, 0, 3, 1),
            List.of(1, 3, 0, 2),
            List.of(3, 0, 2, 1))) {
      KeptModels models = models(3);
      order.forEach(rank -> offer(models, RANKING.get(rank)));
      assertEquals(RANKING.subList(0, 3), models.evaluations());
      for (Evaluation evaluation : models.evaluations()) {
        assertTrue(models.isWhole(evaluation), order + ": " + evaluation);
      }
      Map<String, ByteBuffer> files = files();
      assertEquals(3, files.size(), order + ": " + files.keySet());
      if (first == null) {
        first = files;
        assertHolds(BEST, 0);
        assertHolds(top(1), 1);
        assertHolds(top(2), 2);
      }
      assertEquals(first, files, order.toString());
      for (String file : files.keySet()) {
        Files.delete(directory.resolve(file));
      }
    }
  }

  @Test
  void oneIsKeptWithoutADirectory() throws Exception {
    KeptModels one = models(1);
    for (int rank : new int[] {2, 3, 0, 1}) {
      offer(one, RANKING.get(rank));
    }
    assertEquals(List.of(RANKING.get(0)), one.evaluations());
    assertHolds(BEST, 0);
    assertFalse(Files.exists(directory.resolve("top")));
  }

  /** A network is there once, and failures are not there at all. */
  @Test
  void aNetworkHasOnePlace() throws Exception {
    offer(models, RANKING.get(1));
    models.register(RANKING.get(1));
    models.register(
        Evaluation.failed(RANKING.get(0).job(), FailureKind.OTHER, "does not train", "cpu-0"));
    assertEquals(List.of(RANKING.get(1)), models.evaluations());
    assertEquals(List.of(BEST), List.copyOf(files().keySet()));
  }

  /** What goes with a network goes too, be it ever so small. */
  @Test
  void whoFallsOutLeavesNothing() throws Exception {
    KeptModels two = models(2);
    offer(two, RANKING.get(1));
    offer(two, RANKING.get(2));
    Files.writeString(directory.resolve(top(2).replace(".pt", ".json")), "{}");
    Files.writeString(directory.resolve("top/notes.txt"), "mine");
    offer(two, RANKING.get(0));
    assertEquals(List.of(BEST, "top/notes.txt", top(1)), List.copyOf(files().keySet()));
  }

  /** Known from a store: it has its place, and the file of the best keeps what it holds. */
  @Test
  void whoIsKnownWithoutWeightsIsTrainedAgain() throws Exception {
    offer(models, RANKING.get(1));
    models.register(RANKING.get(0));
    models.register(RANKING.get(2));
    assertEquals(RANKING.subList(0, 3), models.evaluations());
    for (Evaluation evaluation : models.evaluations()) {
      assertFalse(models.isOnDisk(evaluation));
    }
    assertHolds(BEST, 1);
    restore(models, RANKING.get(0));
    assertTrue(models.isWhole(RANKING.get(1)), "moved, not trained again");
    restore(models, RANKING.get(2));
    for (int rank = 0; rank < 3; rank++) {
      assertHolds(rank == 0 ? BEST : top(rank), rank);
    }
  }

  /** What the process before has written counts, if it is whole. */
  @Test
  void aLaterProcessFindsTheFiles() throws Exception {
    RANKING.subList(0, 3).forEach(evaluation -> offer(models, evaluation));
    Path damaged = directory.resolve(top(2));
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    KeptModels later = models(3);
    RANKING.forEach(later::register);
    assertTrue(later.isWhole(RANKING.get(0)));
    assertTrue(later.isWhole(RANKING.get(1)));
    assertTrue(later.isOnDisk(RANKING.get(2)));
    assertFalse(later.isWhole(RANKING.get(2)));
    Files.write(damaged, new byte[100]);
    assertFalse(later.isOnDisk(RANKING.get(2)));
    try (Network network = network(RANKING.get(2))) {
      UncheckedIOException e =
          assertThrows(UncheckedIOException.class, () -> later.read(RANKING.get(2), network));
      assertTrue(e.getMessage().startsWith("cannot read " + damaged), e.getMessage());
    }
  }

  /** Killed between two files, or with another number before. */
  @Test
  void strangersAreRemoved() throws Exception {
    RANKING.subList(0, 3).forEach(evaluation -> offer(models, evaluation));
    Files.copy(directory.resolve(BEST), directory.resolve(top(0)));
    Files.writeString(directory.resolve("top/notes.txt"), "mine");
    KeptModels two = models(2);
    RANKING.forEach(two::register);
    two.deleteUnlisted(KNOWN);
    assertEquals(List.of(BEST, "top/notes.txt", top(1)), List.copyOf(files().keySet()));
    Files.delete(directory.resolve("top/notes.txt"));
    KeptModels one = models(1);
    RANKING.forEach(one::register);
    one.deleteUnlisted(KNOWN);
    assertFalse(Files.exists(directory.resolve("top")));
  }

  @Test
  void networksOfOtherClassesAreNoStrangers() throws Exception {
    for (Evaluation hundred : RANKING.subList(0, 2)) {
      Chromosome chromosome = hundred.job().chromosome();
      EvaluationJob job =
          new EvaluationJob(hundred.job().id(), chromosome, PlainNetworks.decode(chromosome, 3));
      offer(models, evaluation(job, hundred.fitness()));
    }
    models.deleteUnlisted(KNOWN);
    assertEquals(List.of(BEST, top(1)), List.copyOf(files().keySet()));
  }

  /**
   * Killed when the file of the best held a successor that the store does not know yet: the weights
   * of the best it knows are beside it.
   */
  @Test
  void theBestIsNoStrangerWithoutItsFile() throws Exception {
    offer(models, RANKING.get(1));
    offer(models, RANKING.get(0));
    KeptModels later = models(3);
    later.register(RANKING.get(1));
    later.deleteUnlisted(KNOWN);
    assertHolds(top(1), 1);
    offer(later, RANKING.get(0));
    assertTrue(later.isWhole(RANKING.get(1)));
  }

  @Test
  void anInterruptIsNoFailure() throws Exception {
    models.register(RANKING.get(0));
    Thread.currentThread().interrupt();
    try {
      assertThrows(InterruptedException.class, () -> restore(models, RANKING.get(0)));
    } finally {
      Thread.interrupted();
    }
    assertFalse(Files.exists(directory.resolve(BEST)));
  }

  @Test
  void aFileInTheWayIsNamed() throws Exception {
    Files.writeString(directory.resolve("top"), "in the way");
    offer(models, RANKING.get(0));
    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> offer(models, RANKING.get(1)));
    assertEquals(
        "cannot write %s: a file of that name is in the way".formatted(directory.resolve("top")),
        e.getMessage());
    assertEquals(List.of(RANKING.get(0)), models.evaluations());
  }

  @Test
  void whoWasTrainedInPartIsNotAmongThem() {
    EvaluationJob whole = RANKING.get(0).job();
    EvaluationJob part =
        new EvaluationJob(whole.id(), whole.chromosome(), whole.architecture(), 0.2);
    models.register(Evaluation.ofAccuracy(part, 1, List.of(), 1, 1, 1, "cpu-0"));
    assertEquals(List.of(), models.evaluations());
  }

  @Test
  void needsAPlace() {
    assertThrows(IllegalArgumentException.class, () -> models(0));
  }
}
