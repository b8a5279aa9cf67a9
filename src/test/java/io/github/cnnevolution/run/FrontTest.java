package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.search.NonDominatedSort;
import io.github.cnnevolution.search.Objectives;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrontTest {
  private static final FrontGoals FLOPS =
      new FrontGoals(Objectives.parse("accuracy,flops"), FrontPreference.ACCURACY);
  private static final FrontGoals LATENCY =
      new FrontGoals(Objectives.parse("accuracy,latency"), FrontPreference.KNEE);

  private static Evaluation evaluation(int index, double fitness) {
    return Evaluation.ofAccuracy(
        Candidates.job(index, index), fitness, List.of(), 1, 1, 1, "cpu-0");
  }

  private static Evaluation timed(int index, double fitness, double latency) {
    return evaluation(index, fitness)
        .withObjectives(Map.of("accuracy", fitness, "latency", latency));
  }

  private static Evaluation part(Evaluation whole, double fraction) {
    return new Evaluation(
        whole.job(),
        whole.fitness(),
        whole.objectives(),
        fraction,
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        1,
        1,
        1,
        "cpu-0");
  }

  @Test
  void itIsTheFirstRankInWhateverOrderResultsCome() {
    Random random = new Random(4);
    for (int round = 0; round < 50; round++) {
      List<Evaluation> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(evaluation(i, random.nextInt(20) / 20.0));
      }
      int[] ranks = NonDominatedSort.ranks(all.stream().map(FLOPS::point).toArray(double[][]::new));
      HashSet<Evaluation> expected = new HashSet<>();
      for (int i = 0; i < ranks.length; i++) {
        if (ranks[i] == 0) {
          expected.add(all.get(i));
        }
      }
      List<Evaluation> shuffled = new ArrayList<>(all);
      Collections.shuffle(shuffled, random);
      Front front = Front.of(FLOPS, shuffled);
      assertEquals(expected, new HashSet<>(front.members()));
      assertEquals(front.members(), Front.of(FLOPS, all).members());
      assertEquals(front.members().get(0), front.preferred());
      assertTrue(
          all.stream().allMatch(e -> e.fitness() <= front.preferred().fitness()), "most accurate");
    }
  }

  @Test
  void failuresAndStoppedTrainingsAreNotOnIt() {
    Evaluation whole = evaluation(1, 0.2);
    Evaluation failed =
        Evaluation.failed(Candidates.job(2, 2), FailureKind.DIVERGED, "drawn", "cpu-0");
    Front front = Front.of(FLOPS, List.of(part(evaluation(3, 0.9), 0.2), failed, whole));
    assertEquals(List.of(whole), front.members());
    assertFalse(front.admits(part(evaluation(0, 0.9), 0.99)));
  }

  @Test
  void aNetworkIsOnItOnce() {
    Evaluation first = timed(1, 0.5, 0.1);
    assertEquals(List.of(first), Front.of(LATENCY, List.of(first, timed(1, 0.6, 0.1))).members());
  }

  @Test
  void theKneeIsWhereTheFrontBends() {
    // By accuracy and milliseconds: 0.1 at 1, 0.5 at 2, 0.6 at 11.
    Evaluation low = timed(1, 0.1, 1);
    Evaluation knee = timed(2, 0.5, 2);
    Evaluation high = timed(3, 0.6, 11);
    assertEquals(knee, Front.of(LATENCY, List.of(high, low, knee)).preferred());
    // Two are equally good in this sense; the more accurate one is taken.
    assertEquals(high, Front.of(LATENCY, List.of(low, high)).preferred());
    assertEquals(low, Front.of(LATENCY, List.of(low)).preferred());
  }

  @Test
  void goalsAreReadFromOptions() {
    assertEquals(Optional.empty(), FrontGoals.of(Map.of("max_latency", "2ms")));
    assertEquals(
        Optional.of(LATENCY),
        FrontGoals.of(Map.of("objectives", "accuracy,latency", "prefer", "knee")));
    assertTrue(FrontGoals.measureLatency(Map.of("max_latency", "2ms")));
    assertTrue(FrontGoals.measureLatency(Map.of("objectives", "accuracy,latency")));
    assertFalse(FrontGoals.measureLatency(Map.of("objectives", "accuracy,flops")));
  }
}
