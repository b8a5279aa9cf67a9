package io.github.cnnevolution.device;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Names what a thread is doing, for a profiler to draw above the kernels that it launches.
 *
 * <p>Ranges of a thread nest: what is opened last is closed first, on the same thread. {@link #OFF}
 * does nothing and allocates nothing; {@link #nvtx} calls NVIDIA's NVTX, which Nsight Systems and
 * Nsight Compute listen to. Safe to share between threads.
 */
public sealed interface ProfilerRanges permits ProfilerRangesOff, NvtxRanges {
  /** Opens no ranges. */
  ProfilerRanges OFF = new ProfilerRangesOff();

  /**
   * Ranges through the NVTX library of this machine; {@link NvtxRanges} says where it is looked
   * for.
   *
   * @param cudaPath where to look first, as for CUDA's libraries
   * @return empty if no library with NVTX can be loaded
   */
  static Optional<ProfilerRanges> nvtx(Optional<Path> cudaPath) {
    return NvtxRanges.load(CudaSearchPath.ofSystem(cudaPath).directories(), System.getenv());
  }

  /** Opens a range of the calling thread. */
  Range open(String name);

  /**
   * Opens a range named {@code kind}, a blank and {@code which}; the name is put together only if
   * somebody may see it.
   */
  Range open(String kind, Object which);

  /** A range that is open; belongs to the thread that opened it. */
  interface Range extends AutoCloseable {
    /** Ends the phase that this range is in, if any, and opens the next one inside of the range. */
    void phase(String name);

    /** Ends the phase that this range is in, if any. */
    void endPhase();

    /** Ends the range, and its phase if it is in one. */
    @Override
    void close();
  }
}
