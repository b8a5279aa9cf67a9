package io.github.cnnevolution.run;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationCache;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.FailureKind;
import io.github.cnnevolution.run.EvaluationStore.CrashSuspect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Remembers the evaluations of a run in its store, and finds there what the run has computed before
 * and in other stores what other runs have. The stores are the caller's.
 */
public final class StoredEvaluationCache implements EvaluationCache {
  /** How often the process may crash while a candidate is trained. */
  private static final int DEATHS = 2;

  private final EvaluationStore store;
  private final List<EvaluationStore> others;
  private final EvaluationKey circumstances;
  private final List<String> devices;
  private final boolean retriesSlow;
  private final LongSupplier clock;
  private final Predicate<Evaluation> accepted;
  private final Function<ComputeDevice, String> names;
  private final Map<Long, Start> starts = new ConcurrentHashMap<>();
  private final Map<String, Long> succeeded = new HashMap<>();
  private final Map<Long, String> owners = new HashMap<>();
  private long highest;
  private boolean changed;
  private int answered;

  /**
   * A cache of a run.
   *
   * @param store of the run
   * @param others stores of other runs
   * @param circumstances in which the run trains; its phenotype, device and micro-batches are not
   *     read
   * @param devices names, as {@link EvaluationKey#device} makes them, of those that train
   * @param retriesSlow whether candidates that took too long before get another chance
   * @param clock milliseconds since 1970
   */
  public StoredEvaluationCache(
      EvaluationStore store,
      List<EvaluationStore> others,
      EvaluationKey circumstances,
      Set<String> devices,
      boolean retriesSlow,
      LongSupplier clock) {
    this(
        store,
        others,
        circumstances,
        devices,
        retriesSlow,
        clock,
        evaluation -> true,
        ComputeDevice::id);
  }

  /**
   * A cache of a run that does not take over everything.
   *
   * @param store of the run
   * @param others stores of other runs
   * @param circumstances in which the run trains; its phenotype, device and micro-batches are not
   *     read
   * @param devices names, as {@link EvaluationKey#device} makes them, of those that train
   * @param retriesSlow whether candidates that took too long before get another chance
   * @param clock milliseconds since 1970
   * @param accepted which evaluations of other runs have all that this run measures
   * @param names how the store calls the devices that have trained
   */
  public StoredEvaluationCache(
      EvaluationStore store,
      List<EvaluationStore> others,
      EvaluationKey circumstances,
      Set<String> devices,
      boolean retriesSlow,
      LongSupplier clock,
      Predicate<Evaluation> accepted,
      Function<ComputeDevice, String> names) {
    this.accepted = accepted;
    this.names = names;
    this.store = store;
    this.others = List.copyOf(others);
    this.circumstances = circumstances;
    this.devices = devices.stream().sorted().toList();
    this.retriesSlow = retriesSlow;
    this.clock = clock;
    store.forEachJob(
        (evaluated, job) -> {
          take(job, evaluated.phenotype());
          if (evaluated.succeeded()) {
            succeeded.put(evaluated.phenotype(), job);
          }
        });
  }

  private void take(long number, String phenotype) {
    owners.put(number, phenotype);
    highest = Math.max(highest, number);
  }

  /**
   * Networks of equal fitness are ranked by their numbers, which therefore follow the order of
   * asking. From the first number that another network has, all are new: a failure that was retried
   * has changed the search, and the numbers of the search before stay in the store.
   */
  @Override
  public long job(String phenotype, long asked) {
    if (succeeded.containsKey(phenotype)) {
      return succeeded.get(phenotype);
    }
    changed |= !owners.getOrDefault(asked, phenotype).equals(phenotype);
    long number = changed ? highest + 1 : asked;
    take(number, phenotype);
    return number;
  }

  /** The start of a job by the wall clock and by the monotonic clock. */
  private record Start(long millis, long nanos) {}

  /**
   * Clears what the process before left in flight: a candidate that was in flight when a process
   * crashed for the second time has failed for good. Without evidence of a crash nothing counts.
   *
   * @param crashed whether the process before has crashed; see {@link EvaluationStore#crash}
   * @return candidates that were in flight at one crash, to be tried again one by one, so that a
   *     crash identifies its candidate
   */
  public List<EvaluationJob> recover(boolean crashed) {
    List<EvaluationJob> again = new ArrayList<>();
    for (CrashSuspect suspect : store.takeOver(crashed)) {
      take(suspect.job().id(), suspect.job().architecture().phenotype());
      if (suspect.deaths() < DEATHS) {
        again.add(suspect.job());
      } else {
        store.append(
            stored(
                Evaluation.failed(
                    suspect.job(), FailureKind.DEATHS, "ended the process twice", "none"),
                "",
                "none",
                0,
                new Start(clock.getAsLong(), System.nanoTime())));
      }
    }
    return again;
  }

  /** The evaluations of the run itself come first, in whatever circumstances they were made. */
  @Override
  public Optional<Evaluation> find(EvaluationJob job, int microBatches) {
    String phenotype = job.architecture().phenotype();
    Optional<StoredEvaluation> own = store.latest(phenotype, job.fraction()).filter(this::counts);
    if (own.isPresent()) {
      answered++;
      return Optional.of(own.get().as(job));
    }
    for (EvaluationStore other : others) {
      for (String device : devices) {
        String key = circumstances.of(phenotype, device, microBatches, job.fraction()).digest();
        Optional<StoredEvaluation> found =
            other.byKey(key).filter(stored -> accepted.test(stored.evaluation()));
        if (found.isPresent()) {
          return Optional.of(adopt(found.get(), job, other.file().toString()));
        }
      }
    }
    return Optional.empty();
  }

  private boolean counts(StoredEvaluation own) {
    Optional<FailureKind> failure = own.evaluation().failure();
    return failure.isEmpty()
        || (failure.get().countsAfterResume()
            && !(retriesSlow && failure.get() == FailureKind.TIME));
  }

  /** Copies the evaluation, so that the run does not depend on the other store. */
  private Evaluation adopt(StoredEvaluation found, EvaluationJob job, String source) {
    Evaluation evaluation = found.as(job);
    store.append(
        new StoredEvaluation(
            evaluation,
            found.key(),
            found.seed(),
            found.epochs(),
            found.device(),
            found.memoryBytes(),
            found.startedMillis(),
            found.endedMillis(),
            Optional.of(source)));
    answered++;
    return evaluation;
  }

  /** How many requests were answered from stores. */
  public int answered() {
    return answered;
  }

  @Override
  public void started(EvaluationJob job, String worker) {
    starts.put(job.id(), new Start(clock.getAsLong(), System.nanoTime()));
    store.started(job, worker);
  }

  @Override
  public void ended(Evaluation evaluation, ComputeDevice device, long memoryBytes) {
    EvaluationJob job = evaluation.job();
    String key =
        circumstances
            .of(
                job.architecture().phenotype(),
                EvaluationKey.device(device),
                evaluation.microBatches(),
                job.fraction())
            .digest();
    store.append(
        stored(evaluation, key, names.apply(device), memoryBytes, starts.remove(job.id())));
  }

  private StoredEvaluation stored(
      Evaluation evaluation, String key, String device, long memoryBytes, Start start) {
    long millis = (System.nanoTime() - start.nanos()) / 1_000_000;
    return new StoredEvaluation(
        evaluation,
        key,
        circumstances.runSeed(),
        circumstances.recipe().epochs(),
        device,
        memoryBytes,
        start.millis(),
        start.millis() + millis,
        Optional.empty());
  }
}
