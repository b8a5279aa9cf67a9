package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.CudaMathMode;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.DeviceMemory;
import io.github.cnnevolution.device.NativeFailure;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.evaluation.FailureReason;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.TrainingListener;
import io.github.cnnevolution.training.TrainingTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The checks of one device in one arithmetic. Each returns a line about what it found, and throws
 * if that is not as it should be. The calling thread is bound to the device.
 */
final class DeviceChecks {
  /** Steps on the same images: enough for the loss to fall. */
  static final int STEPS = 8;

  private static final int STOP_AFTER = 5;
  private static final int NEIGHBOURS = 2;

  /** The loss of a network that knows nothing is ln(100) = 4.6; few are far from it. */
  private static final double LOWEST_FIRST_LOSS = 3.5;

  private static final double HIGHEST_FIRST_LOSS = 7;

  /** Less than any training of the networks takes. */
  private static final long SCARCE_BYTES = 4 << 20;

  /** A network of which nothing is freed would leave 17 MB at least. */
  private static final long UNFREED_BYTES = 8 << 20;

  private static final int WINDOWS = 10;

  private static final double MIB = 1 << 20;

  private final ComputeDevice device;
  private final CheckTrainings trainings;
  private final CpuReference reference;
  private final List<Architecture> networks;
  private final ReplayAgreement agreement;
  private final CudaMathMode mode;

  /** The checks of a device. */
  DeviceChecks(
      ComputeDevice device,
      CheckTrainings trainings,
      CpuReference reference,
      List<Architecture> networks,
      CudaMathMode mode) {
    this.device = device;
    this.trainings = trainings;
    this.reference = reference;
    this.networks = networks;
    this.mode = mode;
    // Kernels of the processor always add in the same order.
    this.agreement =
        new ReplayAgreement(
            !device.isGpu() || mode.deterministic(),
            CheckTolerance.of(device.preferred(), mode.tf32()));
  }

  /**
   * Each network learns the same images by heart: its loss falls, and losses and weights are those
   * of the processor in float32, within the rounding of the precision.
   */
  String learns(Precision precision) throws CheckFailedException, InterruptedException {
    CheckTolerance tolerance = CheckTolerance.of(precision, mode.tf32());
    double loss = 0;
    double weights = 0;
    for (Architecture network : networks) {
      String name = network.phenotype();
      CpuReference.Training expected = reference.of(network);
      if (isReference(precision)) {
        requireFall(name, expected.losses());
        continue;
      }
      TrainingTrace all =
          ReplayAgreement.learned(name, trainings.sameImages(network, device, precision, STEPS));
      requireFall(name, all.losses());
      loss =
          Math.max(
              loss,
              within(name, "losses", all.lossDifference(expected.losses()), tolerance.losses()));
      TrainingTrace one = trainings.sameImages(network, device, precision, 1);
      weights =
          Math.max(
              weights,
              within(
                  name,
                  "weights after one step",
                  expected.oneStep().distance(one),
                  tolerance.weights()));
    }
    if (isReference(precision)) {
      return Text.format("%d networks learn", networks.size());
    }
    return Text.format(
        "%d networks learn; from fp32 of the cpu losses differ by %.0e (%.0e allowed), weights after a step by %.0e (%.0e)",
        networks.size(), loss, tolerance.losses(), weights, tolerance.weights());
  }

  private boolean isReference(Precision precision) {
    return !device.isGpu() && precision == Precision.FP32;
  }

  private static void requireFall(String network, List<Double> losses) throws CheckFailedException {
    double first = losses.get(0);
    double last = losses.get(losses.size() - 1);
    if (!(first >= LOWEST_FIRST_LOSS && first <= HIGHEST_FIRST_LOSS)) {
      throw new CheckFailedException(
          Text.format(
              "%s: the first loss is %.3f, and that of 100 classes is about 4.6", network, first));
    }
    if (!(last < first)) {
      throw new CheckFailedException(
          Text.format(
              "%s: the loss did not fall in %d steps, from %.4f to %.4f",
              network, losses.size(), first, last));
    }
  }

  private static double within(String network, String what, double difference, double allowed)
      throws CheckFailedException {
    if (!(difference <= allowed)) {
      throw new CheckFailedException(
          Text.format(
              "%s: %s differ from fp32 of the cpu by %.1e, %.1e allowed",
              network, what, difference, allowed));
    }
    return difference;
  }

  /** The same seed gives the same training. */
  String sameSeed() throws CheckFailedException, InterruptedException {
    double largest = 0;
    for (Architecture network : networks) {
      TrainingTrace once = train(network, false);
      largest =
          Math.max(
              largest,
              agreement.same(
                  network.phenotype(), "the same seed again", once, train(network, false)));
    }
    return agreed(largest, agreement.tolerance().repeated());
  }

  /** Steps that are recorded and replayed compute what steps do that are launched one by one. */
  String recorded() throws CheckFailedException, InterruptedException {
    double largest = 0;
    for (Architecture network : networks) {
      largest = Math.max(largest, recorded(network));
    }
    return agreed(largest, agreement.tolerance().replayed());
  }

  private double recorded(Architecture network) throws CheckFailedException, InterruptedException {
    TrainingTrace eager = ReplayAgreement.learned(network.phenotype(), train(network, false));
    double noise = agreement.exact() ? 0 : eager.distance(train(network, false));
    return agreement.replayed(
        network.phenotype(), "a training of recorded steps", eager, train(network, true), noise);
  }

  private String agreed(double largest, double allowed) {
    return Text.format(
        agreement.exact() && largest == 0
            ? "%d networks, equal to the bit"
            : "%d networks, weights within %.0e of their way (%.0e allowed)",
        networks.size(),
        largest,
        allowed);
  }

  /** Trainings in parallel do not change each other. */
  String neighbours() throws CheckFailedException, InterruptedException {
    for (boolean recorded : ways()) {
      List<TrainingTrace> alone = new ArrayList<>();
      for (Architecture network : networks.subList(0, NEIGHBOURS)) {
        alone.add(train(network, recorded));
      }
      List<TrainingTrace> together = together(recorded);
      for (int i = 0; i < NEIGHBOURS; i++) {
        agreement.same(
            networks.get(i).phenotype(),
            "a training beside another one" + way(recorded),
            alone.get(i),
            together.get(i));
      }
    }
    return Text.format("%d trainings in parallel are as alone", NEIGHBOURS);
  }

  private List<TrainingTrace> together(boolean recorded)
      throws CheckFailedException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(NEIGHBOURS);
    try {
      List<Callable<TrainingTrace>> tasks = new ArrayList<>();
      for (Architecture network : networks.subList(0, NEIGHBOURS)) {
        tasks.add(
            () -> {
              try (DeviceBinding binding = device.bind()) {
                return train(network, recorded);
              }
            });
      }
      List<TrainingTrace> traces = new ArrayList<>();
      for (Future<TrainingTrace> task : threads.invokeAll(tasks)) {
        traces.add(task.get());
      }
      return traces;
    } catch (ExecutionException e) {
      throw new CheckFailedException("a training beside another one: " + reason(e.getCause()));
    } finally {
      threads.shutdownNow();
    }
  }

  /** A training that is stopped in the middle ends at once, and spoils nothing for the next. */
  String stop() throws CheckFailedException, InterruptedException {
    Architecture network = networks.get(0);
    for (boolean recorded : ways()) {
      TrainingTrace whole = ReplayAgreement.learned(network.phenotype(), train(network, recorded));
      int steps = interrupted(network, recorded);
      if (steps > STOP_AFTER) {
        throw new CheckFailedException(
            Text.format(
                "a training%s that was stopped after step %d went on to step %d",
                way(recorded), STOP_AFTER, steps));
      }
      agreement.same(
          network.phenotype(),
          "a training after one that was stopped" + way(recorded),
          whole,
          train(network, recorded));
    }
    return Text.format("stopped after step %d; the next training is as before", STOP_AFTER);
  }

  /** Returns the steps of a training that is interrupted in the middle. */
  private int interrupted(Architecture network, boolean recorded) {
    int[] steps = new int[1];
    try {
      train(
          network,
          recorded,
          progress -> {
            steps[0] = progress.steps();
            if (steps[0] == STOP_AFTER) {
              Thread.currentThread().interrupt();
            }
          });
    } catch (InterruptedException e) {
      // It was to be stopped, and has cleared the interrupt status.
      return steps[0];
    }
    return steps[0];
  }

  /**
   * Memory that does not suffice is an error which the program knows as such, and the next training
   * is as before.
   */
  String outOfMemory() throws CheckFailedException, InterruptedException {
    Architecture network = networks.get(0);
    for (boolean recorded : ways()) {
      TrainingTrace before = ReplayAgreement.learned(network.phenotype(), train(network, recorded));
      requireShortage(
          () -> {
            DeviceMemory.askForTooMuch(device);
            return null;
          });
      if (device.isGpu()) {
        try (DeviceMemory.Limit limit = DeviceMemory.limit(device, SCARCE_BYTES)) {
          requireShortage(() -> train(network, recorded));
        }
      }
      agreement.same(
          network.phenotype(),
          "a training after one without memory" + way(recorded),
          before,
          train(network, recorded));
    }
    return "known as such; the next training is as before";
  }

  private static void requireShortage(Callable<?> work)
      throws CheckFailedException, InterruptedException {
    try {
      work.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (NativeFailure.of(e) == NativeFailure.OUT_OF_MEMORY) {
        return;
      }
      throw new CheckFailedException("not known as a shortage of memory: " + reason(e));
    }
    throw new CheckFailedException("more memory than there is was given");
  }

  /** A training takes memory, and gives all of it back. */
  String memory() throws CheckFailedException, InterruptedException {
    Architecture network = networks.get(0);
    long weights = Float.BYTES * network.parameters();
    for (boolean recorded : ways()) {
      // What the libraries keep for good, they take now.
      ReplayAgreement.learned(network.phenotype(), train(network, recorded));
      // On a processor the Java machine's own compilers are counted too, which take memory and give
      // it back at any time. A fault is in each window.
      long taken = Long.MIN_VALUE;
      long kept = Long.MAX_VALUE;
      for (int i = 0; i < WINDOWS && (taken < weights || kept > UNFREED_BYTES); i++) {
        MemoryUse use = twoTrainings(network, recorded);
        taken = Math.max(taken, use.taken());
        kept = Math.min(kept, use.kept());
      }
      if (taken < weights) {
        throw new CheckFailedException(
            Text.format(
                "a training%s took %.1f MiB, less than its weights are",
                way(recorded), taken / MIB));
      }
      if (kept > UNFREED_BYTES) {
        throw new CheckFailedException(
            Text.format(
                "2 trainings%s of %s kept %.1f MiB",
                way(recorded), network.phenotype(), kept / MIB));
      }
    }
    return "given back after each training";
  }

  /**
   * What two trainings do to the memory in use.
   *
   * @param taken bytes more at the highest point
   * @param kept bytes more at the end
   */
  private record MemoryUse(long taken, long kept) {}

  private MemoryUse twoTrainings(Architecture network, boolean recorded)
      throws CheckFailedException, InterruptedException {
    device.releaseCachedMemory();
    long before = used();
    long[] highest = {before};
    for (int time = 0; time < 2; time++) {
      train(network, recorded, progress -> highest[0] = Math.max(highest[0], used()));
    }
    device.releaseCachedMemory();
    return new MemoryUse(highest[0] - before, used() - before);
  }

  /** Whether memory in use is known here. */
  boolean knowsMemory() {
    return DeviceMemory.used(device).isPresent();
  }

  private long used() {
    OptionalLong used = DeviceMemory.used(device);
    return used.orElseThrow();
  }

  private TrainingTrace train(Architecture network, boolean recorded) throws InterruptedException {
    return train(network, recorded, TrainingListener.NONE);
  }

  private TrainingTrace train(Architecture network, boolean recorded, TrainingListener listener)
      throws InterruptedException {
    return trainings.train(network, device, device.preferred(), recorded, listener);
  }

  private List<Boolean> ways() {
    return device.isGpu() ? List.of(false, true) : List.of(false);
  }

  private static String way(boolean recorded) {
    return recorded ? " (recorded steps)" : "";
  }

  /** The first line of what went wrong, without a native stack trace. */
  static String reason(Throwable thrown) {
    return FailureReason.line(thrown);
  }
}
