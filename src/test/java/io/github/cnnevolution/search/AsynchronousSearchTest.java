package io.github.cnnevolution.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Fitness;
import io.github.cnnevolution.space.PlainSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AsynchronousSearchTest {
  private static final int CLASSES = 10;
  private static final PlainSpace SPACE = new PlainSpace();

  /** Proposes chromosomes whose network takes as long as the number in their bits says. */
  private static final class Script implements ProposalSource {
    private final List<String> bits;
    private final List<String> events = new ArrayList<>();

    Script(String... bits) {
      this.bits = List.of(bits);
    }

    @Override
    public Optional<Child> next(long index, RandomGenerator random) {
      events.add("ask " + index);
      return index < bits.size()
          ? Optional.of(Child.random(new Chromosome(bits.get((int) index))))
          : Optional.empty();
    }

    @Override
    public void learn(Member member) {
      events.add("learn " + member.index());
    }

    @Override
    public void learnPart(Member member, boolean stopped) {
      events.add((stopped ? "stopped " : "goes on ") + member.index());
    }
  }

  private static Candidates durations() {
    return new Candidates(
        4,
        List.of(),
        Optional.empty(),
        c -> new NetworkFacts(c.bits(), c.field(0, c.length()), 0, List.of()),
        List::of);
  }

  @Test
  void aProposalKnowsWhatEndedBeforeInVirtualTime() {
    // Slot ends: 0 at 9, 1 at 2, then 2 at 2 + 7 = 9, which comes after 0; 3 at 9 + 1 = 10.
    Script script = new Script("1001", "0010", "0111", "0001");
    AsynchronousSearch search =
        new AsynchronousSearch("script", new AsynchronousParameters(10, 2, 1), durations(), script);
    assertEquals(0, search.ask().orElseThrow().index());
    assertEquals(1, search.ask().orElseThrow().index());
    assertEquals(Optional.empty(), search.ask());
    search.tell(Outcome.of(0, 0.5));
    assertEquals(Optional.empty(), search.ask(), "0 has ended, but 1 ends first in virtual time");
    search.tell(Outcome.of(1, 0.5));
    assertEquals(2, search.ask().orElseThrow().index());
    assertEquals(3, search.ask().orElseThrow().index());
    search.tell(Outcome.of(3, 0.5));
    assertEquals(Optional.empty(), search.ask());
    search.tell(Outcome.of(2, 0.5));
    assertEquals(Optional.empty(), search.ask());
    assertTrue(search.isFinished());
    assertEquals(
        List.of("ask 0", "ask 1", "learn 1", "ask 2", "learn 0", "ask 3", "learn 2", "ask 4"),
        script.events);
    assertTrue(search.endNotice().orElseThrow().contains("exhausted"));
  }

  /** All take 15 in virtual time, of which 3 are before the rung; the first two go on. */
  @Test
  void whoGoesOnKeepsItsSlotAndWhoIsStoppedGivesItBack() {
    Script script = new Script("1111", "1111", "1111", "1111", "1111", "1111");
    AsynchronousSearch search =
        new AsynchronousSearch(
            "script",
            new AsynchronousParameters(6, 2, 1, Optional.of(EarlyStopping.of(5, false))),
            durations(),
            script);
    List<String> proposals = new ArrayList<>();
    while (!search.isFinished()) {
      for (Optional<Proposal> p = search.ask(); p.isPresent(); p = search.ask()) {
        Proposal made = p.get();
        proposals.add(
            made.index() + " " + made.operator() + " " + made.fraction() + made.parents());
        // The later ones are worse, and the last one fails.
        search.tell(
            made.index() == 7
                ? Outcome.of(7, Fitness.FAILED)
                : new Outcome(made.index(), 0.9 - made.index() / 100.0, Map.of(), made.fraction()));
      }
    }
    assertEquals(
        List.of(
            "0 random 0.2[]",
            "1 random 0.2[]",
            "2 continue 1.0[0]",
            "3 continue 1.0[1]",
            "4 random 0.2[]",
            "5 random 0.2[]",
            "6 random 0.2[]",
            "7 random 0.2[]"),
        proposals);
    assertEquals(
        List.of(
            "ask 0",
            "ask 1",
            "goes on 0",
            "goes on 1",
            "learn 2",
            "ask 2",
            "learn 3",
            "ask 3",
            "stopped 4",
            "ask 4",
            "stopped 5",
            "ask 5",
            "stopped 6",
            "learn 7"),
        script.events);
  }

  @ParameterizedTest
  @MethodSource("searches")
  void whoWasStoppedIsNoParent(Function<AsynchronousParameters, AsynchronousSearch> search) {
    AsynchronousSearch stopping =
        search.apply(
            new AsynchronousParameters(200, 4, 1, Optional.of(EarlyStopping.of(5, false))));
    Map<Long, Proposal> parts = new HashMap<>();
    Set<Long> wentOn = new HashSet<>();
    Set<Long> parents = new HashSet<>();
    for (Optional<Proposal> p = stopping.ask(); p.isPresent(); p = stopping.ask()) {
      Proposal made = p.get();
      if (made.operator().equals(Operators.CONTINUE)) {
        assertEquals(parts.get(made.parents().get(0)).chromosome(), made.chromosome());
        assertTrue(wentOn.add(made.parents().get(0)), "goes on twice");
      } else {
        assertEquals(0.2, made.fraction());
        parts.put(made.index(), made);
        parents.addAll(made.parents());
      }
      // After a part the rank is another one, so that the best may be stopped.
      double fitness = made.fraction() < 1 ? (made.index() * 37 % 101) / 101.0 : 0.5;
      stopping.tell(new Outcome(made.index(), fitness, Map.of(), made.fraction()));
      assertTrue(stopping.undecided().size() <= 4);
    }
    assertTrue(stopping.isFinished());
    assertEquals(Set.of(), stopping.undecided());
    assertEquals(200, parts.size());
    assertTrue(wentOn.size() > 50 && wentOn.size() < 90, wentOn.size() + " went on");
    parents.retainAll(parts.keySet());
    assertEquals(Set.of(), parents, "a part of a training is a parent");
  }

  static Stream<Function<AsynchronousParameters, AsynchronousSearch>> searches() {
    Candidates candidates = Candidates.of(SPACE, 20, CLASSES);
    return Stream.of(
        parameters -> AsynchronousSearch.random(parameters, List.of(), candidates),
        parameters -> AsynchronousSearch.local(parameters, List.of(), candidates),
        parameters -> AsynchronousSearch.steady(parameters, steady(false), List.of(), candidates),
        parameters -> AsynchronousSearch.steady(parameters, steady(true), List.of(), candidates));
  }

  private static SteadyParameters steady(boolean surrogate) {
    return new SteadyParameters(5, 2, 0.5, 0.05, SteadyParameters.Replacement.WORST, surrogate);
  }

  private static List<Proposal> run(
      AsynchronousSearch search, ToDoubleFunction<Chromosome> fitness) {
    List<Proposal> all = new ArrayList<>();
    List<Proposal> waiting = new ArrayList<>();
    while (!search.isFinished()) {
      for (Optional<Proposal> p = search.ask(); p.isPresent(); p = search.ask()) {
        waiting.add(p.get());
      }
      if (!waiting.isEmpty()) {
        Proposal last = waiting.remove(waiting.size() - 1);
        search.tell(Outcome.of(last.index(), fitness.applyAsDouble(last.chromosome())));
        all.add(last);
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("searches")
  void anExhaustedSpaceEndsTheSearch(Function<AsynchronousParameters, AsynchronousSearch> search) {
    AsynchronousSearch all = search.apply(new AsynchronousParameters(10_000, 8, 1));
    Set<String> networks = new HashSet<>();
    List<Proposal> proposals = run(all, Chromosomes::oneMax);
    for (Proposal proposal : proposals) {
      networks.add(SPACE.decode(proposal.chromosome(), CLASSES).phenotype());
    }
    assertEquals(SPACE.phenotypes().size(), proposals.size());
    assertEquals(Set.copyOf(SPACE.phenotypes()), networks);
    assertEquals(
        "the search space is exhausted: all of its networks that the search could find, "
            + proposals.size()
            + ", were proposed",
        all.endNotice().orElseThrow());
  }

  /** Few draws keep these bounds, so that most are repaired. */
  @Test
  void nothingOutsideTheBoundsIsProposed() {
    Predicate<Chromosome> admits = c -> SPACE.decode(c, CLASSES).parameters() <= 3_000_000;
    Candidates within =
        Candidates.of(SPACE, 20, CLASSES)
            .admitting(
                Optional.of(
                    new Admission(
                        admits,
                        SPACE
                            .encode(SPACE.smallest(CLASSES).get(0).phenotype(), 20)
                            .orElseThrow())));
    long count =
        SPACE.phenotypes().stream()
            .filter(name -> admits.test(SPACE.encode(name, 20).orElseThrow()))
            .count();
    assertTrue(count > 2 && count < 100, count + " networks keep the bounds");
    AsynchronousParameters parameters = new AsynchronousParameters(10_000, 4, 1);
    for (AsynchronousSearch search :
        List.of(
            AsynchronousSearch.random(parameters, List.of(), within),
            AsynchronousSearch.local(parameters, List.of(), within),
            AsynchronousSearch.steady(parameters, steady(false), List.of(), within),
            AsynchronousSearch.steady(parameters, steady(true), List.of(), within))) {
      List<Proposal> proposals = run(search, Chromosomes::oneMax);
      assertTrue(proposals.stream().allMatch(one -> admits.test(one.chromosome())), search.name());
      assertEquals(count, proposals.size(), search.name());
    }
  }

  @ParameterizedTest
  @MethodSource("searches")
  void failuresDoNotStopIt(Function<AsynchronousParameters, AsynchronousSearch> search) {
    AsynchronousSearch failing = search.apply(new AsynchronousParameters(40, 3, 1));
    List<Proposal> proposals = run(failing, any -> Fitness.FAILED);
    assertEquals(40, proposals.size());
    assertTrue(
        proposals.stream().allMatch(one -> one.parents().isEmpty()), "a failure is a parent");
    assertEquals(Optional.empty(), failing.endNotice());
  }

  @ParameterizedTest
  @MethodSource("searches")
  void noMoreThanTheLookaheadIsOpen(Function<AsynchronousParameters, AsynchronousSearch> search) {
    AsynchronousSearch open = search.apply(new AsynchronousParameters(40, 3, 1));
    for (int i = 0; i < 3; i++) {
      assertTrue(open.ask().isPresent());
    }
    assertEquals(Optional.empty(), open.ask());
    assertFalse(open.isFinished());
  }

  @Test
  void whatIsDrawnDoesNotDependOnTheLookahead() {
    Function<AsynchronousParameters, AsynchronousSearch> random =
        searches().findFirst().orElseThrow();
    Set<Proposal> few =
        new HashSet<>(run(random.apply(new AsynchronousParameters(50, 2, 3)), c -> 0));
    Set<Proposal> many =
        new HashSet<>(run(random.apply(new AsynchronousParameters(50, 9, 3)), c -> 0));
    assertEquals(few, many);
    assertFalse(
        few.equals(new HashSet<>(run(random.apply(new AsynchronousParameters(50, 2, 4)), c -> 0))));
  }

  @Test
  void givenOnesComeFirstAndNoneTwice() {
    Chromosome first = Chromosomes.zeros(20);
    Chromosome same = new Chromosome("0".repeat(19) + "1");
    Chromosome second = Chromosomes.ones(20);
    AsynchronousSearch search =
        AsynchronousSearch.steady(
            new AsynchronousParameters(3, 3, 1),
            steady(true),
            List.of(first, same, second),
            Candidates.of(SPACE, 20, CLASSES));
    assertEquals(first, search.ask().orElseThrow().chromosome());
    Proposal next = search.ask().orElseThrow();
    assertEquals(second, next.chromosome());
    assertEquals(Operators.GIVEN, next.operator());
    assertEquals(Operators.RANDOM, search.ask().orElseThrow().operator());
  }

  @Test
  void steadyFindsBetterNetworksThanChance() {
    ToDoubleFunction<Chromosome> fitness =
        chromosome -> SPACE.decode(chromosome, CLASSES).parameters() / 1e9;
    List<Double> best =
        searches()
            .map(search -> run(search.apply(new AsynchronousParameters(60, 4, 2)), fitness))
            .map(run -> run.stream().mapToDouble(p -> fitness.applyAsDouble(p.chromosome())))
            .map(values -> values.sorted().skip(55).average().orElseThrow())
            .toList();
    assertTrue(best.get(2) > best.get(0), best.toString());
    assertTrue(best.get(3) > best.get(0), best.toString());
  }

  @Test
  void settingsAreChecked() {
    assertEquals(
        "lookahead must be at least 1, but is 0",
        assertThrows(IllegalArgumentException.class, () -> new AsynchronousParameters(1, 0, 1))
            .getMessage());
    assertEquals(
        "evaluations must be at least 1, but is 0",
        assertThrows(IllegalArgumentException.class, () -> new AsynchronousParameters(0, 1, 1))
            .getMessage());
  }
}
