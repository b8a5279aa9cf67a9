package io.github.cnnevolution.device;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Named ranges that mark what a thread is doing. A profiler shows them above the kernels that the
 * thread launches.
 *
 * <p>The ranges of a thread nest: the last opened range is closed first, on the same thread. {@link
 * #OFF} does nothing and allocates nothing. {@link #nvtx} calls NVIDIA's NVTX, which Nsight Systems
 * and Nsight Compute read. Safe to share between threads.
 */
public sealed interface ProfilerRanges permits ProfilerRangesOff, NvtxRanges {
  /** Ranges are off: every call does nothing. */
  ProfilerRanges OFF = new ProfilerRangesOff();

  /**
   * Returns ranges that use the NVTX library of this machine. {@link NvtxRanges} lists the places
   * that are searched.
   *
   * @param cudaPath the directory to search first, as for CUDA's libraries
   * @return empty if no library with NVTX can be loaded
   */
  static Optional<ProfilerRanges> nvtx(Optional<Path> cudaPath) {
    return NvtxRanges.load(CudaSearchPath.ofSystem(cudaPath).directories(), System.getenv());
  }

  /** Opens a range on the calling thread. */
  Range open(String name);

  /**
   * Opens a range with the name {@code kind}, a blank and {@code id}. The name is built only if
   * ranges are on.
   */
  Range open(String kind, Object id);

  /** An open range. It belongs to the thread that opened it. */
  interface Range extends AutoCloseable {
    /** Ends the current phase of this range, if any, and opens the next one inside the range. */
    void phase(String name);

    /** Ends the current phase of this range, if any. */
    void endPhase();

    /** Ends the current phase, if any, and then the range. */
    @Override
    void close();
  }
}
