package io.github.cnnevolution.engine;

import io.github.cnnevolution.files.AvailableMemory;
import io.github.cnnevolution.text.Text;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How many networks train in parallel on the CPU. Results do not depend on it, so it may depend on
 * the memory of the machine: Linux kills a process that takes more than its container may.
 *
 * @param count of workers, at least 1
 * @param notice what a person should know in one line, if memory is short
 */
record CpuWorkers(int count, Optional<String> notice) {
  private static final double GIB = 1L << 30;

  /** Chooses by the memory that is available now, and tells the listener if it is short. */
  static int choose(boolean asked, int wanted, long bytesOfEach, SessionListener listener) {
    CpuWorkers workers = of(asked, wanted, bytesOfEach, AvailableMemory.bytes());
    workers.notice.ifPresent(listener::onNotice);
    return workers.count;
  }

  /**
   * Chooses as many as fit. A number that was asked for stays.
   *
   * @param asked whether a person has asked for this number
   * @param wanted number of workers without regard to memory
   * @param bytesOfEach what the largest network takes while it trains
   * @param available memory; empty if it is not known
   */
  static CpuWorkers of(boolean asked, int wanted, long bytesOfEach, OptionalLong available) {
    long fit = Math.max(1, available.orElse(Long.MAX_VALUE) / bytesOfEach);
    if (available.isEmpty() || wanted * bytesOfEach <= available.getAsLong()) {
      return new CpuWorkers(wanted, Optional.empty());
    }
    String memory =
        Text.format(
            "a network takes up to %.1f GiB and %.1f GiB of memory are available",
            bytesOfEach / GIB, available.getAsLong() / GIB);
    if (asked || wanted == 1) {
      String remedy =
          wanted > 1 ? Text.format("--workers %d", fit) : "a smaller --batch_size, or more memory";
      return new CpuWorkers(
          wanted,
          Optional.of(
              Text.format("%s: the system may kill the process; give it %s", memory, remedy)));
    }
    return new CpuWorkers(
        (int) fit,
        Optional.of(
            Text.format(
                "%d instead of %d workers, because %s; --workers sets another number",
                fit, wanted, memory)));
  }
}
