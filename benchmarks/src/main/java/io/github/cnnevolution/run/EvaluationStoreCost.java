package io.github.cnnevolution.run;

import io.github.cnnevolution.benchmarks.Networks;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.SampleEvaluations;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What remembering costs: the journal around an evaluation that computes nothing, and reading a
 * store back with its checks when a run is resumed. Files lie in {@code java.io.tmpdir}.
 */
@State(Scope.Thread)
@Fork(1)
public class EvaluationStoreCost {
  private static final EvaluationKey CIRCUMSTANCES =
      new EvaluationKey(
          "plain",
          "",
          TrainingRecipe.sgd(Precision.FP32),
          Evaluation.ACCURACY,
          1,
          "2.10.0",
          "0".repeat(64),
          9000,
          "",
          1,
          false,
          false,
          false,
          1);

  /** Evaluations in the store that is replayed. */
  @Param("100000")
  public int rows;

  private final ComputeDevice cpu =
      new ComputeDevice(ComputeDevice.Kind.CPU, 0, "CPU", Set.of(Precision.FP32), Precision.FP32);
  private final List<Architecture> architectures = new PlainSpace().all(Architecture.CLASSES);
  private final Map<Architecture, Chromosome> chromosomes = Networks.chromosomes();
  private Path directory;
  private Path stored;
  private EvaluationStore store;
  private StoredEvaluationCache journal;
  private long nextJob;

  /** Writes both stores. */
  @Setup
  public void setUp() throws IOException, SQLException {
    directory = Files.createTempDirectory("evaluation-store");
    stored = directory.resolve("stored.db");
    try (EvaluationStore first = EvaluationStore.create(stored, Map.of())) {
      StoredEvaluationCache writer = journal(first);
      for (int i = 0; i < Math.min(rows, architectures.size()); i++) {
        evaluate(writer, i);
      }
    }
    multiply();
    store = EvaluationStore.create(directory.resolve("run.db"), Map.of());
    journal = journal(store);
  }

  /** Each row again and again, by SQL: a hundred thousand forced writes would take minutes. */
  private void multiply() throws SQLException {
    String columns = String.join(", ", StoreSchema.names(StoreSchema.COLUMNS)) + ", checksum";
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + stored);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      int count = Math.min(rows, architectures.size());
      while (count < rows) {
        int more = Math.min(count, rows - count);
        statement.executeUpdate(
            "INSERT INTO evaluation (%s) SELECT %s FROM evaluation ORDER BY id LIMIT %d"
                .formatted(columns, columns, more));
        count += more;
      }
      connection.commit();
    }
  }

  /** Deletes both. */
  @TearDown
  public void tearDown() throws IOException {
    store.close();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** Looked for, begun, ended and on the disk. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @Warmup(iterations = 1, time = 1)
  @Measurement(iterations = 3, time = 1)
  public void overhead() {
    long id = nextJob++;
    evaluate(journal, id);
  }

  /** Opened with all checks, and every evaluation read. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Warmup(iterations = 1)
  @Measurement(iterations = 5)
  public long replay() {
    List<StoredEvaluation> all = new ArrayList<>();
    try (EvaluationStore opened = EvaluationStore.open(stored)) {
      opened.forEach(all::add);
    }
    if (all.size() != rows) {
      throw new IllegalStateException(all.size() + " rows instead of " + rows);
    }
    return all.size();
  }

  private void evaluate(StoredEvaluationCache target, long id) {
    Architecture architecture = architectures.get((int) (id % architectures.size()));
    EvaluationJob job = new EvaluationJob(id, chromosomes.get(architecture), architecture);
    target.find(job, 1);
    target.started(job, "cpu-0");
    target.ended(SampleEvaluations.of(job, "cpu-0"), cpu, 0);
  }

  private static StoredEvaluationCache journal(EvaluationStore store) {
    return new StoredEvaluationCache(
        store, List.of(), CIRCUMSTANCES, Set.of("cpu CPU"), false, System::currentTimeMillis);
  }
}
