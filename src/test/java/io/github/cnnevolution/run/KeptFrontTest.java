package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.network.Network;
import io.github.cnnevolution.network.Weights;
import io.github.cnnevolution.search.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which weights of a front are in which file, with real networks in real files. */
class KeptFrontTest {
  @TempDir private Path directory;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
  }

  private KeptModels models(int count, FrontPreference preference) {
    return new KeptModels(
        directory.resolve("best_model.pt"),
        directory.resolve("top"),
        count,
        directory.resolve("front"),
        Optional.of(new FrontGoals(Objectives.parse("accuracy,latency"), preference)));
  }

  private static Evaluation evaluation(int index, double fitness, double latency) {
    return Evaluation.ofAccuracy(Candidates.job(index, index), fitness, List.of(), 1, 1, 1, "cpu-0")
        .withObjectives(Map.of("accuracy", fitness, "latency", latency));
  }

  private static void offer(KeptModels models, Evaluation evaluation) {
    try (Network network = new Network(evaluation.job().architecture(), Devices.cpu(), 1)) {
      models.onTrained(evaluation, network);
    }
  }

  private Set<String> files(String folder) throws IOException {
    if (!Files.isDirectory(directory.resolve(folder))) {
      return Set.of();
    }
    try (Stream<Path> files = Files.list(directory.resolve(folder))) {
      return files
          .map(f -> f.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Set<String> names(List<Evaluation> evaluations) {
    return evaluations.stream()
        .map(e -> e.job().architecture().phenotype() + ".pt")
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String bestOnDisk() {
    return Weights.origin(directory.resolve("best_model.pt")).orElseThrow().split(" ", -1)[0];
  }

  /** After every single training: all of the front is there, the best is, and nothing else. */
  @ParameterizedTest
  @EnumSource(FrontPreference.class)
  void afterEachTrainingAllOfTheFrontIsOnDisk(FrontPreference preference) throws IOException {
    Random random = new Random(3);
    KeptModels models = models(3, preference);
    List<Evaluation> all = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      Evaluation next = evaluation(i, random.nextInt(15) / 20.0, 1 + random.nextInt(15));
      offer(models, next);
      all.add(next);
      Front front = Front.of(new FrontGoals(Objectives.parse("accuracy,latency"), preference), all);
      assertEquals(front.members(), models.front());
      assertEquals(names(front.members()), files("front"), "after " + i);
      assertEquals(front.preferred(), models.evaluations().get(0));
      assertEquals(front.preferred().job().architecture().phenotype(), bestOnDisk(), "after " + i);
      for (Evaluation kept : models.evaluations()) {
        assertTrue(models.isWhole(kept), "after " + i);
      }
      List<Evaluation> fittest = new ArrayList<>(all);
      fittest.sort(Evaluation.BEST_FIRST);
      fittest.remove(front.preferred());
      assertEquals(
          names(fittest.subList(0, Math.min(2, fittest.size()))),
          names(models.fittest().subList(1, models.fittest().size())));
    }
    models.deleteUnlisted(
        names(all).stream().map(n -> n.replace(".pt", "")).collect(Collectors.toSet()));
    assertEquals(names(models.fittest().subList(1, 3)), files("top"));
    assertEquals(names(models.front()), files("front"));
  }

  /** What another process has left is found again, and a lost file comes from another one. */
  @Test
  void filesThatAreLostAreCopiedFromOthers() throws IOException {
    KeptModels before = models(1, FrontPreference.ACCURACY);
    Evaluation fast = evaluation(1, 0.2, 1);
    Evaluation best = evaluation(2, 0.6, 5);
    offer(before, fast);
    offer(before, best);
    Files.delete(directory.resolve("best_model.pt"));
    KeptModels after = models(1, FrontPreference.ACCURACY);
    after.register(fast);
    after.register(best);
    assertFalse(after.isWhole(best));
    assertTrue(after.isWhole(fast));
    assertTrue(after.repair(best));
    assertTrue(after.isWhole(best));
    Files.delete(directory.resolve("front").resolve(names(List.of(best)).iterator().next()));
    assertFalse(after.isWhole(best));
    assertTrue(after.repair(best));
    assertTrue(after.isWhole(best));
    Files.delete(directory.resolve("front").resolve(names(List.of(fast)).iterator().next()));
    assertFalse(after.repair(fast));
  }

  /** Without a training of its own a network becomes the knee, since the front has grown. */
  @Test
  void whenTheKneeMovesTheBestFileFollows() throws IOException {
    KeptModels models = models(1, FrontPreference.KNEE);
    Evaluation middle = evaluation(2, 0.5, 2);
    Evaluation high = evaluation(3, 0.6, 11);
    offer(models, evaluation(1, 0.1, 1));
    offer(models, middle);
    offer(models, high);
    assertEquals(middle.job().architecture().phenotype(), bestOnDisk());
    offer(models, evaluation(4, 0.9, 100));
    assertEquals(high.job().architecture().phenotype(), bestOnDisk());
    assertTrue(models.isWhole(high));
    assertTrue(models.isWhole(middle));
  }

  @Test
  void whatIsDominatedLeavesWithWhatIsSaidAboutIt() throws IOException {
    KeptModels models = models(1, FrontPreference.KNEE);
    Evaluation first = evaluation(1, 0.2, 2);
    offer(models, first);
    Path facts = RunDirectory.facts(models.frontModel(first));
    Files.writeString(facts, "{}");
    offer(models, evaluation(2, 0.3, 1));
    assertFalse(Files.exists(facts));
    assertEquals(names(List.of(evaluation(2, 0.3, 1))), files("front"));
  }
}
