package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.benchmarks.Machine;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** 10,000 jobs through the queue to 64 workers: what handing out costs, and who waits for it. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class Dispatch {
  private static final int JOBS = 10_000;
  private static final int WORKERS = 64;
  private static final long SLEEP_MILLIS = 10;
  private static final Chromosome ANY = new Chromosome("0".repeat(PlainSpace.DEFAULT_LENGTH));

  private final AtomicLong busyNanos = new AtomicLong();
  private final List<Architecture> architectures = new PlainSpace().all(Architecture.CLASSES);
  private ComputeDevice cpu;
  private long nextJob;

  /** Time that workers spent without a job while there was work. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Idle {
    /** Seconds of a worker; in a second, the share of the workers' time. */
    public double idleShare;
  }

  /** Loads LibTorch, to which workers bind their threads. */
  @Setup
  public void setUp() {
    cpu = Machine.device("cpu", 1);
  }

  /** Time a job that does nothing. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @OperationsPerInvocation(JOBS)
  public long noOp() {
    return run(0);
  }

  /** Jobs of 10 ms each, as many as the fastest GPU would want: the share of time without one. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @OperationsPerInvocation(JOBS)
  public long tenMillis(Idle idle) {
    busyNanos.set(0);
    long start = System.nanoTime();
    long jobs = run(SLEEP_MILLIS);
    double seconds = (System.nanoTime() - start) / 1e9;
    idle.idleShare += seconds - busyNanos.get() / 1e9 / WORKERS;
    return jobs;
  }

  private long run(long millis) {
    CandidateEvaluator evaluator = (job, worker, parts) -> work(job, worker, millis);
    DeviceWorkers<EvaluationJob, Evaluation> workers = new DeviceWorkers<>(cpu, WORKERS, evaluator);
    EvaluationRecorder recorder =
        new EvaluationRecorder(EvaluationListener.NONE, EvaluationCache.NONE);
    try (WorkerPool<EvaluationJob, Evaluation> pool =
        new WorkerPool<>(List.of(workers), JobOrder.LONGEST_FIRST, recorder)) {
      List<CompletableFuture<Evaluation>> results = new ArrayList<>();
      for (int i = 0; i < JOBS; i++) {
        results.add(pool.submit(job()));
      }
      results.forEach(CompletableFuture::join);
    }
    return nextJob;
  }

  private EvaluationJob job() {
    long id = nextJob++;
    Architecture architecture = architectures.get((int) (id % architectures.size()));
    return new EvaluationJob(id, ANY, architecture);
  }

  private Evaluation work(EvaluationJob job, String worker, long millis)
      throws InterruptedException {
    long start = System.nanoTime();
    if (millis > 0) {
      Thread.sleep(millis);
    }
    Evaluation evaluation = SampleEvaluations.of(job, worker);
    busyNanos.addAndGet(System.nanoTime() - start);
    return evaluation;
  }
}
