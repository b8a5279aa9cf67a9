package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches whose space grows on the way from 5 to 7 genes of one bit. */
class GrowingSpaceTest {
  private static final int BITS = 5;
  private static final int MORE_BITS = 7;

  /** All networks of the small space. */
  private static final int NETWORKS = 1 << BITS;

  /** A chromosome without the zeros behind it that change nothing. */
  private static String network(Chromosome chromosome) {
    String bits = chromosome.bits();
    return bits.endsWith("0".repeat(bits.length() - BITS)) ? bits.substring(0, BITS) : bits;
  }

  private static Candidates candidates(int bits) {
    List<Gene> genes =
        IntStream.range(0, bits)
            .mapToObj(i -> new Gene("gene" + i, i, i + 1, List.of("0", "1"), Gene.Coding.BINARY))
            .toList();
    return new Candidates(
        bits,
        genes,
        Optional.empty(),
        c -> {
          assertEquals(bits, c.length(), "the candidates of then know no more genes, and no less");
          return new NetworkFacts(network(c), 1 + ones(c), 0, List.of(c.bits().split("", -1)));
        },
        () ->
            IntStream.range(0, 1 << bits)
                .mapToObj(i -> new Chromosome(Integer.toBinaryString(i | 1 << bits).substring(1)))
                .toList());
  }

  private static long ones(Chromosome chromosome) {
    return chromosome.bits().chars().filter(bit -> bit == '1').count();
  }

  private static double fitness(Chromosome chromosome) {
    return (network(chromosome).hashCode() & 0xff) / 512.0 + ones(chromosome) / 20.0;
  }

  private static Candidates growing(int step) {
    return candidates(BITS).growing(Map.of(step, candidates(MORE_BITS)));
  }

  private static AsynchronousParameters parameters(boolean stops) {
    return new AsynchronousParameters(
        70, 4, 5, stops ? Optional.of(EarlyStopping.of(5, false)) : Optional.empty());
  }

  private static SteadyParameters breeding(boolean surrogate) {
    return new SteadyParameters(8, 2, 0.9, 0.2, SteadyParameters.Replacement.WORST, surrogate);
  }

  private static final GeneticParameters GENERATIONS =
      GeneticParameters.builder()
          .genomeSize(BITS)
          .populationSize(8)
          .generations(9)
          .mutationRate(0.2)
          .seed(5)
          .build();

  /** An algorithm, and how many networks it proposes in each of its steps. */
  private record Case(String name, int stride, Function<Candidates, SearchAlgorithm> algorithm) {
    @Override
    public String toString() {
      return name;
    }

    List<Proposal> run(Candidates candidates, boolean backwards) {
      SearchAlgorithm search = algorithm.apply(candidates);
      List<Proposal> all = new ArrayList<>();
      List<Proposal> open = new ArrayList<>();
      while (!search.isFinished()) {
        for (Optional<Proposal> p = search.ask(); p.isPresent(); p = search.ask()) {
          open.add(p.get());
          all.add(p.get());
        }
        assertTrue(!open.isEmpty() || search.isFinished(), "it waits for nothing");
        if (backwards) {
          Collections.reverse(open);
        }
        // An asynchronous search gets one result at a time, in one order or the other.
        int told = search.isAsynchronous() ? Math.min(1, open.size()) : open.size();
        for (Proposal one : List.copyOf(open.subList(0, told))) {
          search.tell(
              new Outcome(one.index(), fitness(one.chromosome()), Map.of(), one.fraction()));
          open.remove(one);
        }
        if (backwards) {
          Collections.reverse(open);
        }
      }
      return all;
    }
  }

  private static Case guided() {
    return new Case(
        "genetic surrogate",
        8,
        c -> GeneticAlgorithm.guided(OptionalInt.of(70), GENERATIONS, List.of(), c));
  }

  private static Case nsga2(boolean surrogate) {
    return new Case(
        "NSGA-II" + (surrogate ? " surrogate" : ""),
        1,
        c -> new Nsga2(GENERATIONS, Objectives.parse("accuracy,flops"), surrogate, List.of(), c));
  }

  private static Case steady(String name, boolean surrogate, boolean stops, String objectives) {
    Objectives goals = objectives.isEmpty() ? Objectives.ACCURACY : Objectives.parse(objectives);
    return new Case(
        name,
        1,
        c ->
            AsynchronousSearch.steady(parameters(stops), breeding(surrogate), goals, List.of(), c));
  }

  private static Stream<Case> cases() {
    return Stream.of(
        new Case("random", 1, c -> AsynchronousSearch.random(parameters(false), List.of(), c)),
        new Case("local", 1, c -> AsynchronousSearch.local(parameters(false), List.of(), c)),
        new Case("local stops", 1, c -> AsynchronousSearch.local(parameters(true), List.of(), c)),
        steady("steady", false, false, ""),
        steady("steady surrogate", true, false, ""),
        steady("steady surrogate stops", true, true, ""),
        steady("steady front", false, false, "accuracy,flops"),
        steady("steady front surrogate stops", true, true, "accuracy,flops"),
        nsga2(false),
        nsga2(true),
        guided());
  }

  private static List<String> networks(List<Proposal> proposals) {
    return proposals.stream().map(p -> network(p.chromosome())).distinct().toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatWasProposedStaysAndTheRestIsOfTheLargerSpace(Case one) {
    int step = 16 / one.stride;
    List<Proposal> before = one.run(candidates(BITS), false);
    List<Proposal> grown = one.run(growing(step), false);
    int networks = 0;
    int proposal = 0;
    Set<String> seen = new HashSet<>();
    for (Proposal next : grown) {
      boolean isNew = seen.add(network(next.chromosome()));
      if (one.stride == 1 ? networks < step : next.generation() < step) {
        assertEquals(before.get(proposal), next);
      } else if (!next.operator().equals(Operators.CONTINUE)) {
        assertEquals(MORE_BITS, next.chromosome().length(), next.toString());
      }
      networks += isNew ? 1 : 0;
      proposal++;
    }
    assertTrue(networks > NETWORKS + 8, networks + " networks");
    assertEquals(grown, one.run(growing(step), true), "told in another order");
    boolean bred =
        grown.stream()
            .filter(p -> p.chromosome().length() == MORE_BITS && !p.parents().isEmpty())
            .anyMatch(
                p -> grown.get((int) (long) p.parents().get(0)).chromosome().length() == BITS);
    assertTrue(bred || one.name.equals("random"), "no child of a parent of before");
  }

  /** All networks of the small space are known: a larger one has others. */
  @ParameterizedTest
  @MethodSource("cases")
  void anExhaustedSearchGoesOn(Case one) {
    List<Proposal> before = one.run(candidates(BITS), false);
    assertTrue(networks(before).size() <= NETWORKS);
    int step =
        one.stride == 1 ? networks(before).size() : 1 + before.get(before.size() - 1).generation();
    List<Proposal> grown = one.run(growing(step), false);
    if (before.stream().allMatch(p -> p.fraction() == 1)) {
      assertEquals(before, grown.subList(0, before.size()));
    }
    assertTrue(networks(grown).size() > NETWORKS + 8, networks(grown).size() + " networks");
    for (int i = 0; i < grown.size(); i++) {
      assertEquals(i, grown.get(i).index(), "the store counts them without gaps");
    }
  }

  @Test
  void peaksHaveNeighboursAgain() {
    // In one slot, with one climb that has tried all 5 neighbours of its peak, and others.
    AsynchronousSearch search =
        AsynchronousSearch.local(
            new AsynchronousParameters(20, 1, 5), List.of(new Chromosome("11111")), growing(12));
    List<Proposal> all = new ArrayList<>();
    while (all.size() < 13) {
      Proposal next = search.ask().orElseThrow();
      all.add(next);
      // The given one is better than all others.
      search.tell(Outcome.of(next.index(), next.index() == 0 ? 0.9 : 0.1));
    }
    assertEquals(List.of(), all.get(6).parents(), "all neighbours of the given one are known");
    assertEquals(List.of(0L), all.get(12).parents(), "it has new neighbours");
    assertEquals("11111", all.get(12).chromosome().bits().substring(0, BITS));
  }

  /**
   * A model that had learned nothing would expect large networks to be better. All that were
   * trained before the growth say that they are worse.
   */
  @Test
  void theModelKnowsWhatWasTrainedBefore() {
    AsynchronousSearch search =
        AsynchronousSearch.steady(
            new AsynchronousParameters(30, 1, 5),
            breeding(true),
            Objectives.ACCURACY,
            List.of(),
            growing(20));
    double ones = 0;
    for (int i = 0; i < 24; i++) {
      Proposal next = search.ask().orElseThrow();
      ones += i < 20 ? 0 : ones(next.chromosome());
      search.tell(Outcome.of(next.index(), 1 - ones(next.chromosome()) / 10.0));
    }
    assertTrue(
        ones / 4 < 3, "the first networks in the larger space have %s genes".formatted(ones / 4));
  }

  /** A population that has converged has time again to find something in a larger space. */
  @Test
  void aConvergedPopulationGoesOn() {
    GeneticParameters copies =
        GeneticParameters.builder()
            .genomeSize(BITS)
            .populationSize(4)
            .generations(1_000)
            .crossoverRate(0)
            .mutationRate(0)
            .seed(5)
            .build();
    Function<GenomeGrowth, Case> within =
        growth ->
            new Case(
                "within",
                4,
                any ->
                    GeneticAlgorithm.within(
                        30,
                        copies,
                        List.of(),
                        Optional.empty(),
                        growth,
                        GrowingSpaceTest::network));
    List<Proposal> before = within.apply(GenomeGrowth.NONE).run(candidates(BITS), false);
    int next = 1 + before.get(before.size() - 1).generation();
    List<Proposal> grown =
        within.apply(new GenomeGrowth(Map.of(next, MORE_BITS))).run(candidates(BITS), false);
    assertEquals(before, grown.subList(0, before.size()));
    assertEquals(
        before.size() + 4 * EvaluationBudget.STALE_GENERATIONS, grown.size(), "as long again");
  }

  @Test
  void givenOnesThatComeLaterAreOfTheLargerSpace() {
    List<Chromosome> given = new ArrayList<>();
    candidates(BITS).all().get().stream().limit(20).forEach(given::add);
    AsynchronousSearch search =
        AsynchronousSearch.random(new AsynchronousParameters(20, 4, 5), given, growing(10));
    List<Proposal> all = new Case("given", 1, any -> search).run(candidates(BITS), false);
    for (int i = 0; i < 20; i++) {
      assertEquals(given.get(i).bits() + (i < 10 ? "" : "00"), all.get(i).chromosome().bits());
    }
  }
}
