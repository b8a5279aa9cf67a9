package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SurrogateTest {
  private static final SizeScale SCALE = new SizeScale(5, 1, 5, 1);

  private static NetworkFacts network(String genes, long size) {
    return new NetworkFacts(
        genes, size, size, genes.chars().mapToObj(Character::toString).toList());
  }

  private static List<NetworkFacts> all() {
    return IntStream.range(0, 81)
        .mapToObj(i -> Integer.toString(i + 81, 3).substring(1))
        .map(genes -> network(genes, 100 + genes.charAt(0)))
        .toList();
  }

  /** The pair of the genes 1 and 3 matters, and gene 2 alone. */
  private static double fitness(NetworkFacts network) {
    List<String> genes = network.genes();
    return (genes.get(0).equals(genes.get(2)) ? 0.4 : 0) + 0.1 * Integer.parseInt(genes.get(1));
  }

  @Test
  void itLearnsGenesAndPairs() {
    List<NetworkFacts> all = all();
    Surrogate model = new Surrogate(SCALE);
    List<NetworkFacts> unknown = new ArrayList<>();
    RandomGenerator random = Generators.seeded(1);
    for (NetworkFacts network : all) {
      if (random.nextDouble() < 0.5) {
        model.learn(network, fitness(network));
      } else {
        unknown.add(network);
      }
    }
    double[] predicted = model.predict(unknown);
    int right = 0;
    int pairs = 0;
    for (int i = 0; i < predicted.length; i++) {
      for (int j = 0; j < predicted.length; j++) {
        if (fitness(unknown.get(i)) > fitness(unknown.get(j)) + 1e-9) {
          pairs++;
          right += predicted[i] > predicted[j] ? 1 : 0;
        }
      }
    }
    assertTrue(right > 0.75 * pairs, right + " of " + pairs + " pairs are in order");
  }

  @Test
  void beforeAnythingIsKnownLargerOnesAreExpectedToBeBetter() {
    double[] predicted =
        new Surrogate(SCALE).predict(List.of(network("00", 10), network("00", 10_000)));
    assertTrue(predicted[1] > predicted[0] + 1);
  }

  @Test
  void failuresAreTheWorst() {
    Surrogate model = new Surrogate(SCALE);
    model.learn(network("00", 100), -1);
    model.learn(network("11", 100), 0.01);
    double[] predicted = model.predict(List.of(network("00", 100), network("11", 100)));
    assertTrue(predicted[0] < predicted[1]);
  }

  @Test
  void theFactorGivesTheMatrixBack() {
    double[][] a = {{4}, {2, 5}, {-1, 3, 6}};
    Cholesky factor = new Cholesky();
    for (double[] row : a) {
      factor.append(row);
    }
    // L by hand: 2; 1, 2; -0.5, 1.75, sqrt(6 - 0.25 - 3.0625).
    assertEquals(2, factor.timesRow(0, new double[] {1}), 1e-12);
    assertEquals(1 + 2 * 10, factor.timesRow(1, new double[] {1, 10}), 1e-12);
    assertEquals(Math.sqrt(2.6875), factor.timesRow(2, new double[] {0, 0, 1}), 1e-12);
    double[] x = factor.solveLower(new double[] {2, 5, 3});
    assertArrayEquals(new double[] {1, 2, 0}, x, 1e-12);
  }

  /** The same bits: a search that was begun before goes on as it would have. */
  @Test
  void manyRightHandSidesAreSolvedAsOneIs() {
    RandomGenerator random = Generators.seeded(2);
    Cholesky factor = new Cholesky();
    for (int n = 1; n <= 23; n++) {
      double[] row = random.doubles(n).toArray();
      row[n - 1] += n;
      factor.append(row);
    }
    double[][] rows = new double[23][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.doubles(5).toArray();
    }
    double[][] columns = new double[5][23];
    for (int c = 0; c < 5; c++) {
      for (int i = 0; i < 23; i++) {
        columns[c][i] = rows[i][c];
      }
    }
    factor.solveLower(rows);
    for (int c = 0; c < 5; c++) {
      double[] one = factor.solveLower(columns[c]);
      for (int i = 0; i < 23; i++) {
        assertEquals(one[i], rows[i][c]);
      }
    }
  }

  /** A long search forgets, remembers the best, and still predicts. */
  @Test
  void theMemoryIsLimited() {
    Surrogate model = new Surrogate(SCALE);
    RandomGenerator random = Generators.seeded(3);
    List<NetworkFacts> all = all();
    NetworkFacts best = network("9999", 100);
    // Not at an even place, of which every one stays for a time.
    model.learn(all.get(0), 0);
    model.learn(best, 5);
    for (int i = 0; i < Surrogate.CAPACITY + Surrogate.CAPACITY / 5; i++) {
      NetworkFacts network = all.get(random.nextInt(all.size()));
      model.learn(network, fitness(network) + 0.01 * random.nextGaussian());
      assertTrue(model.size() <= Surrogate.CAPACITY);
    }
    double[] predicted =
        model.predict(
            List.of(best, network("0000", 100), network("0200", 102), network("0010", 100)));
    assertTrue(predicted[0] > predicted[1], "the best is forgotten");
    assertTrue(predicted[2] > predicted[1] && predicted[1] > predicted[3]);
  }

  @Test
  void scoresFollowRanksAlone() {
    assertArrayEquals(
        NormalScores.of(List.of(3.0, 1.0, 2.0)), NormalScores.of(List.of(1e9, -1.0, 0.5)));
    double[] scores = NormalScores.of(List.of(1.0, 1.0, 5.0));
    assertEquals(scores[0], scores[1]);
    assertTrue(scores[2] > scores[0]);
    assertEquals(1.959964, NormalScores.quantile(0.975), 0.0005);
    assertEquals(-0.841621, NormalScores.quantile(0.2), 0.0005);
  }
}
