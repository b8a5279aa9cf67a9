package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.EvaluationListener;
import io.github.cnnevolution.evaluation.EvaluationService;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.evaluation.RungFiles;
import io.github.cnnevolution.run.EvaluationKey;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.SearchLog;
import io.github.cnnevolution.run.StoredEvaluationCache;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.training.ActiveClock;
import io.github.cnnevolution.training.TrainingRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A run of an asynchronous search whose candidates are not trained, but take a random time and have
 * a result that follows from their network. The main method is that of a process which can be
 * killed: it prints a line for each result.
 */
final class AsynchronousRun {
  private static final int LONGEST_NANOS = 4_000_000;

  private AsynchronousRun() {}

  /** What is behind the name of an algorithm that stops trainings early. */
  static final String STOPPING = "+early_stopping";

  private static final int LOOKAHEAD = 6;

  /** Takes the directory, the number of workers, and the name of the algorithm. */
  public static void main(String[] arguments) throws Exception {
    run(Path.of(arguments[0]), Integer.parseInt(arguments[1]), arguments[2], true);
  }

  static SearchSettings settings(Path directory, String algorithm) {
    String name = algorithm.replace(STOPPING, "");
    AlgorithmSettings named =
        AlgorithmSettings.of(
                List.of("surrogate", "front", "front surrogate").contains(name) ? "steady" : name)
            .withEvaluations(60)
            .withLookahead(LOOKAHEAD);
    named = algorithm.endsWith(STOPPING) ? named.withEarlyStopping() : named;
    return SearchSettings.builder()
        .builtIn(name.endsWith("surrogate") ? named.withSurrogate() : named)
        .objectives(
            name.startsWith("front")
                ? ObjectiveSettings.NONE.withObjectives("accuracy,flops")
                : ObjectiveSettings.NONE)
        .seed(3)
        .directory(directory)
        .build();
  }

  static void run(Path directory, int workers, String algorithm, boolean prints) throws Exception {
    SearchSettings settings = settings(directory, algorithm);
    RunDirectory files = new RunDirectory(directory);
    // While a search is repeated from its store, the files of the process before are kept.
    int most = Files.exists(files.database()) ? 2 * LOOKAHEAD : LOOKAHEAD;
    EvaluationListener listener =
        new EvaluationListener() {
          @Override
          public void onEnd(Evaluation evaluation) {
            if (prints) {
              System.out.println(evaluation.job().id());
              System.out.flush();
            }
          }
        };
    try (ActiveClock clock = ActiveClock.start();
        EvaluationStore store =
            Files.exists(files.database())
                ? EvaluationStore.open(files.database())
                : EvaluationStore.create(files.database(), facts(settings).facts())) {
      StoredEvaluationCache cache =
          new StoredEvaluationCache(
              store,
              List.of(),
              key(),
              Set.of(EvaluationKey.device(Devices.cpu())),
              false,
              System::currentTimeMillis);
      try (EvaluationService service =
          new EvaluationService(
              List.of(
                  Candidates.workers(
                      Devices.cpu(),
                      workers,
                      (job, worker, parts) -> {
                        Evaluation result = result(job, worker);
                        if (job.isPart() && !result.isFailed()) {
                          keep(files.rungs(), job, most);
                        }
                        return result;
                      })),
              new PlainSpace(),
              100,
              listener,
              cache)) {
        cache.recover(false);
        new SearchLoop(
                settings.newAlgorithm(Architecture.CLASSES),
                service,
                cache,
                SearchFiles.models(files, 1, store),
                new SearchLog(store),
                SearchListener.NONE,
                n -> {},
                clock,
                algorithm.endsWith(STOPPING)
                    ? Optional.of(new RungFiles(files.rungs(), 1))
                    : Optional.empty())
            .run();
      }
    }
  }

  /** Leaves a file in the place of a checkpoint, of which there are never too many. */
  private static void keep(Path rungs, EvaluationJob job, int most) {
    try {
      Files.createDirectories(rungs);
      Files.writeString(rungs.resolve(job.architecture().phenotype() + ".0123abcd.ckpt"), "");
      try (Stream<Path> files = Files.list(rungs)) {
        if (files.count() > most) {
          throw new IllegalStateException("the disk fills with checkpoints");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After a part of a training networks have other ranks. */
  private static Evaluation result(EvaluationJob job, String worker) {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(LONGEST_NANOS));
    Random dice = new Random(job.architecture().phenotype().hashCode() + (job.isPart() ? 1 : 0));
    return dice.nextInt(5) == 0
        ? Evaluation.failed(job, FailureKind.DIVERGED, "drawn", worker)
        : Evaluation.ofAccuracy(job, dice.nextInt(100) / 100.0, List.of(), 1.5, 100, 1, worker);
  }

  private static RunFacts facts(SearchSettings settings) {
    return new RunFacts(
        0,
        StoredSettings.of(settings, TrainingRecipe.sgd(Precision.FP32), CudaGraphsMode.AUTO),
        PlainSpace.NAME,
        settings.algorithmName(),
        Evaluation.ACCURACY,
        "data",
        new RunFacts.Digests("a", Optional.empty(), Optional.of("b")),
        100,
        OptionalInt.of(100),
        "0",
        "0",
        1,
        0,
        Optional.empty());
  }

  private static EvaluationKey key() {
    return new EvaluationKey(
        PlainSpace.NAME,
        "",
        TrainingRecipe.sgd(Precision.FP32),
        Evaluation.ACCURACY,
        1,
        "0",
        "abc",
        900,
        "",
        1,
        false,
        false,
        false,
        1);
  }
}
