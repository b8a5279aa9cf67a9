package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.run.TrainingRun;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.training.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A final training by executors leaves the files that one by this machine leaves. */
class ClusterSeedSessionTest {
  /** Of a space with small networks: a process of the tests has little memory for checkpoints. */
  private static final SearchSpace SPACE = SpaceFile.builtIn().get("residual");

  private static final Chromosome NETWORK = new Chromosome("0".repeat(24));

  @TempDir private static Path shared;
  @TempDir private Path directory;

  @BeforeAll
  static void trainHere() throws Exception {
    LibTorch.prepare();
    assertEquals(
        FinalTrainingResult.Stop.FINISHED, train(shared.resolve("here"), settings()).stop());
  }

  private static FinalTrainingSettings.Builder settings() {
    return FinalTrainingSettings.builder()
        .data("synthetic")
        .trainLimit(60)
        .epochs(3)
        .batchSize(10)
        .cutout(8)
        .mixup(0.5)
        .dropoutFraction(0.7)
        .emaDecay(0.9)
        .testTimeAugmentation(true)
        .threadsPerWorker(1)
        .seed(5)
        .seeds(2);
  }

  private static FinalTrainingResult train(Path out, FinalTrainingSettings.Builder settings)
      throws Exception {
    try (FinalTraining training =
        FinalTraining.start(settings.build(), SPACE, NETWORK, out, FinalTrainingListener.NONE)) {
      return training.run();
    }
  }

  private static List<TrainingRun.Seed> seeds(Path out) throws Exception {
    return TrainingRun.read(new RunDirectory(out).training(), SpaceFile.builtIn()).seeds();
  }

  private static void assertAsHere(Path out) throws Exception {
    assertEquals(seeds(shared.resolve("here")), seeds(out));
    assertTrue(seeds(out).stream().allMatch(seed -> seed.testAccuracy().isPresent()));
    for (long seed : List.of(5L, 6L)) {
      RunDirectory here = new RunDirectory(shared.resolve("here"));
      RunDirectory there = new RunDirectory(out);
      Path expected = seed == 5 ? here.bestModel() : here.model(seed);
      Path actual = seed == 5 ? there.bestModel() : there.model(seed);
      assertEquals(-1, Files.mismatch(expected, actual), "other weights of seed " + seed);
      assertTrue(Files.notExists(there.checkpoint(seed, 1)));
    }
  }

  private static long trainings(InProcessCluster cluster) {
    return cluster.calls().stream().filter(SeedCall.class::isInstance).count();
  }

  @Test
  void partByPartByExecutors() throws Exception {
    Set<Long> told = ConcurrentHashMap.newKeySet();
    try (InProcessCluster cluster = new InProcessCluster(2);
        FinalTraining training =
            FinalTraining.start(
                settings().cluster(cluster).build(),
                SPACE,
                NETWORK,
                directory.resolve("out"),
                new FinalTrainingListener() {
                  @Override
                  public void onSeedProgress(long seed, TrainingProgress progress) {
                    told.add(seed);
                  }
                })) {
      assertEquals(FinalTrainingResult.Stop.FINISHED, training.run().stop());
      // One epoch to see how long it takes, then the rest.
      assertEquals(4, trainings(cluster));
    }
    assertAsHere(directory.resolve("out"));
    assertEquals(Set.of(5L, 6L), told);
  }

  /** Each that is begun holds its checkpoint in the driver's memory. */
  @Test
  void aSeedBeginsWhenASlotIsFree() throws Exception {
    try (InProcessCluster cluster = new InProcessCluster(1)) {
      assertEquals(
          FinalTrainingResult.Stop.FINISHED,
          train(directory.resolve("out"), settings().cluster(cluster)).stop());
      assertEquals(
          List.of(5L, 5L, 6L, 6L),
          cluster.calls().stream()
              .filter(SeedCall.class::isInstance)
              .map(call -> ((SeedCall) call).seed())
              .toList());
    }
  }

  @Test
  void aLostExecutorCostsAPart() throws Exception {
    Set<Long> lost = new HashSet<>();
    try (InProcessCluster cluster = new InProcessCluster(1)) {
      cluster.loseIn(
          call -> call instanceof SeedCall seed && seed.lastEpoch() == 3 && lost.add(seed.seed()));
      assertEquals(
          FinalTrainingResult.Stop.FINISHED,
          train(directory.resolve("out"), settings().cluster(cluster)).stop());
      assertEquals(6, trainings(cluster));
      assertTrue(
          cluster.calls().stream()
              .filter(SeedCall.class::isInstance)
              .map(SeedCall.class::cast)
              .filter(call -> call.lastEpoch() == 3)
              .allMatch(call -> call.checkpoints().containsKey(1)),
          "begun anew");
    }
    assertAsHere(directory.resolve("out"));
  }

  @Test
  void aSeedThatCrashesTwoExecutorsFailsAndCanGoOnHere() throws Exception {
    Path out = directory.resolve("out");
    try (InProcessCluster cluster = new InProcessCluster(1)) {
      cluster.crashIn(
          call -> call instanceof SeedCall seed && seed.seed() == 6 && seed.lastEpoch() == 3);
      FinalTrainingResult result = train(out, settings().cluster(cluster));
      assertEquals(FinalTrainingResult.Stop.INCOMPLETE, result.stop());
      assertEquals("{6=ended the process twice}", result.errors().toString());
    }
    try (FinalTraining training =
        FinalTraining.resume(out, changes -> changes, FinalTrainingListener.NONE)) {
      assertEquals(FinalTrainingResult.Stop.FINISHED, training.run().stop());
    }
    assertAsHere(out);
  }

  @Test
  void aCallTakesAnEpochOrTwoMinutes() {
    assertEquals(4, ClusterSeedSession.lastEpoch(3, 500, 100));
    assertEquals(15, ClusterSeedSession.lastEpoch(3, 10, 100));
    assertEquals(20, ClusterSeedSession.lastEpoch(3, 0.001, 20));
    assertEquals(20, ClusterSeedSession.lastEpoch(3, 0, 20));
  }
}
