package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Parents with several objectives: those of a lower rank win and stay, of equal ranks the less
 * crowded; see {@link ParetoOrder}. Of equals the oldest leaves.
 */
final class ParetoPool implements ParentPool {
  private final Objectives objectives;
  private final Function<Chromosome, NetworkFacts> facts;
  private final int capacity;
  private final int tournamentSize;

  /** The oldest first. */
  private final List<Member> members = new ArrayList<>();

  private final List<double[]> points = new ArrayList<>();
  private ParetoOrder order = new ParetoOrder(List.of());

  ParetoPool(
      Objectives objectives,
      Function<Chromosome, NetworkFacts> facts,
      int capacity,
      int tournamentSize) {
    this.objectives = objectives;
    this.facts = facts;
    this.capacity = capacity;
    this.tournamentSize = tournamentSize;
  }

  @Override
  public boolean isEmpty() {
    return members.isEmpty();
  }

  private void append(Member member) {
    members.add(member);
    points.add(objectives.point(member.outcome(), facts.apply(member.individual().chromosome())));
  }

  @Override
  public void add(Member member) {
    append(member);
    order = new ParetoOrder(points);
    if (members.size() > capacity) {
      int worst = order.worst();
      members.remove(worst);
      points.remove(worst);
      order = new ParetoOrder(points);
    }
  }

  /** Takes a generation, and keeps the best of it and of those before. */
  void addAll(List<Member> generation) {
    generation.forEach(this::append);
    List<Integer> best = new ParetoOrder(points).best(capacity).stream().sorted().toList();
    List<Member> kept = best.stream().map(members::get).toList();
    List<double[]> keptPoints = best.stream().map(points::get).toList();
    members.clear();
    members.addAll(kept);
    points.clear();
    points.addAll(keptPoints);
    order = new ParetoOrder(points);
  }

  @Override
  public Member select(RandomGenerator draws) {
    int winner = draws.nextInt(members.size());
    for (int i = 1; i < tournamentSize; i++) {
      int challenger = draws.nextInt(members.size());
      winner = order.isBetter(challenger, winner) ? challenger : winner;
    }
    return members.get(winner);
  }
}
