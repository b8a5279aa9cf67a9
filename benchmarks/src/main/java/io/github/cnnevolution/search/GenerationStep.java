package io.github.cnnevolution.search;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One generation of the genetic algorithm without its trainings: the children of a population. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class GenerationStep {
  /** Chromosomes. */
  @Param({"10", "1000", "100000"})
  public int population;

  private final RandomGenerator random = new SplittableRandom(1);
  private Breeding breeding;
  private Generation parents;

  /** Makes the parents, whose fitness is random. */
  @Setup
  public void setUp() {
    breeding =
        new Breeding(
            GeneticParameters.builder().populationSize(population).build(),
            Optional.empty(),
            GenomeGrowth.NONE);
    List<Individual> individuals =
        breeding.firstPopulation(List.of(), random).stream()
            .map(offspring -> new Individual(offspring.chromosome(), random.nextDouble()))
            .toList();
    parents = new Generation(0, individuals);
  }

  /** Elites, tournaments, crossover and mutation of the default settings. */
  @Benchmark
  public List<Offspring> children() {
    return breeding.nextPopulation(parents, random);
  }
}
