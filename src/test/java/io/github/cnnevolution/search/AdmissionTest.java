package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
  private static final GeneticParameters PARAMETERS =
      GeneticParameters.builder()
          .populationSize(20)
          .generations(8)
          .mutationRate(0.2)
          .seed(7)
          .build();

  private static long ones(Chromosome chromosome) {
    return chromosome.bits().chars().filter(bit -> bit == '1').count();
  }

  private static List<Proposal> proposals(Optional<Admission> admission, GenomeGrowth growth) {
    GeneticAlgorithm algorithm = new GeneticAlgorithm(PARAMETERS, List.of(), admission, growth);
    List<Proposal> all = new ArrayList<>();
    while (!algorithm.isFinished()) {
      List<Proposal> batch = new ArrayList<>();
      for (Optional<Proposal> p = algorithm.ask(); p.isPresent(); p = algorithm.ask()) {
        batch.add(p.get());
      }
      for (Proposal proposal : batch) {
        algorithm.tell(
            new Outcome(proposal.index(), ones(proposal.chromosome()) / 40.0, Map.of(), 1));
      }
      all.addAll(batch);
    }
    return all;
  }

  /**
   * With 1 only the anchor is left and what is found by repair; with 15 nearly all are admitted.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 8, 15, 20})
  void whatIsNotAdmittedIsNeverProposed(int most) {
    Predicate<Chromosome> admits = chromosome -> ones(chromosome) <= most;
    Optional<Admission> admission =
        Optional.of(new Admission(admits, new Chromosome("0".repeat(20))));
    List<Proposal> first = proposals(admission, GenomeGrowth.NONE);
    assertEquals(160, first.size());
    assertTrue(first.stream().map(Proposal::chromosome).allMatch(admits));
    assertEquals(first, proposals(admission, GenomeGrowth.NONE));
    long best = first.stream().mapToLong(p -> ones(p.chromosome())).max().orElseThrow();
    assertTrue(most == 20 ? best >= 17 : best == most, "up to the bound: " + best);
  }

  /** Whoever gives no bounds has the search of before. */
  @Test
  void whereAllAreAdmittedNothingChanges() {
    Admission all = new Admission(chromosome -> true, new Chromosome("0".repeat(20)));
    assertEquals(
        proposals(Optional.empty(), GenomeGrowth.NONE),
        proposals(Optional.of(all), GenomeGrowth.NONE));
  }

  @Test
  void theAnchorIsAdmittedItself() {
    assertThrows(
        IllegalArgumentException.class, () -> new Admission(c -> false, new Chromosome("0")));
  }

  /** Before that the search is the same; then parents have zeros behind, and mutation sets them. */
  @Test
  void chromosomesBecomeLongerFromAGenerationOn() {
    List<Proposal> before = proposals(Optional.empty(), GenomeGrowth.NONE);
    List<Proposal> grown = proposals(Optional.empty(), new GenomeGrowth(Map.of(3, 24, 5, 25)));
    assertEquals(before.subList(0, 60), grown.subList(0, 60));
    boolean used = false;
    for (Proposal proposal : grown) {
      int bits = proposal.generation() < 3 ? 20 : proposal.generation() < 5 ? 24 : 25;
      assertEquals(bits, proposal.chromosome().length());
      if (proposal.operator().equals(Operators.ELITE)) {
        Chromosome parent = grown.get((int) (long) proposal.parents().get(0)).chromosome();
        String zeros = "0".repeat(bits - parent.length());
        assertEquals(parent.bits() + zeros, proposal.chromosome().bits());
      }
      used |= bits > 20 && proposal.chromosome().bits().substring(20).contains("1");
    }
    assertTrue(used, "mutation reaches the new bits");
  }
}
