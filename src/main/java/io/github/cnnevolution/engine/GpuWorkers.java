package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.WorkerScaling;
import io.github.cnnevolution.text.Text;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.DoublePredicate;

/**
 * How many candidates train in parallel on each GPU: as many as raise the images a second, which is
 * measured once for a device and its settings. Results do not depend on it, so it may depend on the
 * machine and the moment.
 *
 * @param device such as {@code gpu0}, for messages
 * @param key the circumstances of a measurement
 * @param most workers that memory and cores admit, at least 1
 * @param remembered earlier measurements
 */
record GpuWorkers(String device, String key, int most, RememberedWorkers remembered) {
  /** What measuring takes, generously. */
  private static final double MEASURING_SECONDS = 12;

  /**
   * A run that trains fewer images is not worth a measurement. It is measured only if it takes
   * longer than this many times a measurement, so that a rise of a tenth, the least that is taken,
   * wins what measuring cost.
   */
  static final long LEAST_IMAGES = 20_000_000;

  private static final double LEAST_TIMES = 10;

  /** How much faster than one worker several of them may be expected to be. */
  private static final double EXPECTED_RATIO = 4;

  /**
   * Chooses.
   *
   * @param asked the number that a person wants
   * @param images that the run will train, all candidates together; {@link Long#MAX_VALUE} measures
   *     in any case, and anew
   * @param speed measures
   * @throws InterruptedException if the thread is interrupted while it is measured
   */
  int choose(OptionalInt asked, long images, WorkerScaling.Speed speed, SessionListener listener)
      throws InterruptedException {
    boolean anew = images == Long.MAX_VALUE;
    Optional<WorkerScaling> known = anew ? Optional.empty() : remembered.find(key);
    if (asked.isPresent()) {
      known.flatMap(scaling -> advice(asked.getAsInt(), scaling)).ifPresent(listener::onNotice);
      return asked.getAsInt();
    }
    if (most == 1) {
      return 1;
    }
    if (known.isPresent()) {
      return tell(known.get(), ", measured before", listener);
    }
    Optional<WorkerScaling> measured =
        images >= LEAST_IMAGES ? measure(images, speed, listener) : Optional.empty();
    measured.ifPresent(scaling -> remembered.put(key, scaling));
    return measured.isPresent()
        ? tell(measured.get(), "", listener)
        : Math.min(most, GpuSettings.MAX_AUTO_WORKERS);
  }

  private int tell(WorkerScaling scaling, String when, SessionListener listener) {
    int workers = Math.min(most, scaling.best());
    listener.onNotice(
        Text.format(
            "%s: %s (%s%s)",
            device, workers == 1 ? "1 worker" : workers + " workers", scaling.text(), when));
    return workers;
  }

  private Optional<WorkerScaling> measure(
      long images, WorkerScaling.Speed speed, SessionListener listener)
      throws InterruptedException {
    DoublePredicate isLong =
        one -> images / (EXPECTED_RATIO * one) >= LEAST_TIMES * MEASURING_SECONDS;
    try {
      return WorkerScaling.measure(most, speed, isLong);
    } catch (RuntimeException e) {
      // The run has its own ways to find out what is wrong with the device.
      listener.onNotice(
          Text.format(
              "%s: how many workers are best could not be measured: %s",
              device, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
      return Optional.empty();
    }
  }

  /** Advice by images a second; the utilisation of a GPU says little. */
  private Optional<String> advice(int asked, WorkerScaling scaling) {
    int best = Math.min(most, scaling.best());
    double gain = scaling.gainOver(asked);
    return best > asked && gain >= WorkerScaling.LEAST_RISE
        ? Optional.of(
            Text.format(
                "%s trains %.1f times as many images/s with %d workers as with %d; give --workers_per_gpu %d, or auto",
                device, gain, best, asked, best))
        : Optional.empty();
  }
}
