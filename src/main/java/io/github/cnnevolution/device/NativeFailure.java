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

  private static final List<String> OUT_OF_MEMORY_TEXTS =
      List.of("out of memory", "not enough memory", "can't allocate memory", "alloc_failed");

  /** Returns the kind of failure that a throwable reports. */
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
