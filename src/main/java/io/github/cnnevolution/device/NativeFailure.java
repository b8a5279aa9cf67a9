package io.github.cnnevolution.device;

import java.util.List;
import java.util.Locale;

/**
 * What kind of trouble a throwable from native code tells of. LibTorch's errors all arrive as
 * {@code RuntimeException} and are told apart by the first line of their message alone.
 */
public enum NativeFailure {
  /** Memory, of the device or of the host, did not suffice; with less to do it may. */
  OUT_OF_MEMORY,
  /**
   * The device failed and its context is gone: every later call on it fails too, in every thread of
   * this process (the sticky errors of the CUDA runtime).
   */
  DEVICE_LOST,
  /** Anything else: the fault of what was tried, not of the device. */
  OTHER;

  private static final List<String> OUT_OF_MEMORY_TEXTS =
      List.of("out of memory", "not enough memory", "can't allocate memory", "alloc_failed");

  /** What is thrown for the kind of failure that took the device. */
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
