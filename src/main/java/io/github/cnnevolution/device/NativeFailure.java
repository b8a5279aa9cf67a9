package io.github.cnnevolution.device;

import java.util.List;
import java.util.Locale;

/**
 * The kinds of failure in native code. All of LibTorch's errors arrive as {@code RuntimeException};
 * only the first line of the message distinguishes them.
 */
public enum NativeFailure {
  /** The memory of the device or the host was too small. A smaller job may succeed. */
  OUT_OF_MEMORY,
  /**
   * The device failed and its context is gone: every later call on it fails too, in every thread of
   * this process (the sticky errors of the CUDA runtime).
   */
  DEVICE_LOST,
  /** Any other failure. The job caused it, not the device. */
  OTHER;

  /**
   * What the first line says when memory did not suffice. cuDNN 9 has two codes for it, 4003 and
   * 4004; cuBLAS cannot make its handle without memory; and cuDNN finds no engine for a convolution
   * if none fits into the workspace that is left.
   */
  private static final List<String> OUT_OF_MEMORY_TEXTS =
      List.of(
          "out of memory",
          "not enough memory",
          "can't allocate memory",
          "alloc_failed",
          "device_allocation_failed",
          "host_allocation_failed",
          "cublas_status_not_initialized",
          "unable to find an engine to execute this computation");

  /**
   * Returns the kind of failure that a throwable reports on a device. CUDA's libraries report
   * misuse and what they do not support in the same words as a lost device: a device is lost only
   * if it still fails when the host waits for it.
   */
  public static NativeFailure of(Throwable thrown, ComputeDevice device) {
    NativeFailure reported = of(thrown);
    return reported == DEVICE_LOST && device.isGpu() && device.responds() ? OTHER : reported;
  }

  /** Returns the kind of failure that a throwable reports, as far as its text tells. */
  public static NativeFailure of(Throwable thrown) {
    String message = thrown.getMessage() == null ? "" : thrown.getMessage();
    String line = message.lines().findFirst().orElse("").toLowerCase(Locale.ROOT);
    if (thrown instanceof OutOfMemoryError
        || OUT_OF_MEMORY_TEXTS.stream().anyMatch(line::contains)) {
      return OUT_OF_MEMORY;
    }
    boolean cuda =
        line.contains("cuda error")
            || line.contains("cublas_status_")
            || line.contains("cudnn_status_");
    return cuda ? DEVICE_LOST : OTHER;
  }
}
