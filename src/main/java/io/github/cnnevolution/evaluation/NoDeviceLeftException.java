package io.github.cnnevolution.evaluation;

import java.util.List;
import java.util.stream.Collectors;

/** Every device has failed, so the remaining jobs cannot be done. */
public final class NoDeviceLeftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoDeviceLeftException(List<LostDevice> lost) {
    super(
        "no device is left: "
            + lost.stream().map(LostDevice::toString).collect(Collectors.joining(", ")));
  }
}
