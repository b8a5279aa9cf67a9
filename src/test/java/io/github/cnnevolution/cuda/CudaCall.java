package io.github.cnnevolution.cuda;

import java.util.Optional;

/**
 * One line of a recorder's trace: a call of the CUDA runtime or of a library on top of it.
 *
 * @param time ns since the process's first call
 * @param thread the kernel's number of the thread
 * @param device the thread's current device
 * @param name of the function, such as {@code cudaMemcpyAsync}
 * @param stream numbered by the recorder; 0 is the default stream, -1 says that the call has none
 * @param bytes of a copy or an allocation, else 0
 * @param copy the direction of a copy, such as {@code H2D}; else empty
 * @param pinned whether the host side of a copy is pinned
 * @param waits whether the host waits in this call for the device
 * @param kernel what is launched: a kernel's mangled name, or the library's function; else empty
 * @param captured whether it is recorded into a graph rather than done
 * @param kernels of the graph that is made or launched, else 0
 * @param error a number of the runtime, 0 for none
 * @param why what is wrong, in a line {@code RACE}; else empty
 */
record CudaCall(
    long time,
    int thread,
    int device,
    String name,
    int stream,
    long bytes,
    Optional<String> copy,
    boolean pinned,
    boolean waits,
    Optional<String> kernel,
    boolean captured,
    int kernels,
    int error,
    String why) {
  /** Whether work for the device's processors is launched. */
  boolean isLaunch() {
    return kernel.isPresent();
  }

  /** Whether a kernel with this in its mangled name is launched. */
  boolean launches(String part) {
    return kernel.isPresent() && kernel.get().contains(part);
  }

  /** Whether data is copied between host and device. */
  boolean isHostCopy() {
    return isCopy("H2D") || isCopy("D2H");
  }

  /** Whether data is copied in this direction. */
  boolean isCopy(String direction) {
    return copy.isPresent() && copy.get().equals(direction);
  }

  /** Whether device memory is taken from the driver or given back. */
  boolean isAllocation() {
    return name.startsWith("cudaMalloc") || name.equals("cudaFree") || name.equals("cudaFreeAsync");
  }
}
