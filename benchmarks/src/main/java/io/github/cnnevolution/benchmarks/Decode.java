package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From bits to layers: what the genetic algorithm asks of a chromosome before it is trained. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class Decode {
  private static final int CHROMOSOMES = 1024;

  private final PlainSpace space = new PlainSpace();
  private final List<Chromosome> chromosomes = new ArrayList<>();
  private int next;

  /** Draws the chromosomes. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < CHROMOSOMES; i++) {
      String bits = Integer.toBinaryString(1 << 20 | random.nextInt(1 << 20)).substring(1);
      chromosomes.add(new Chromosome(bits));
    }
  }

  private Chromosome chromosome() {
    next = (next + 1) % CHROMOSOMES;
    return chromosomes.get(next);
  }

  /** The fields alone. */
  @Benchmark
  public Architecture decode() {
    return space.decode(chromosome(), Architecture.CLASSES);
  }

  /** Shapes, parameters and flops of every layer too. */
  @Benchmark
  public long decodeAndCount() {
    Architecture architecture = space.decode(chromosome(), Architecture.CLASSES);
    return architecture.parameters() + architecture.flops();
  }
}
