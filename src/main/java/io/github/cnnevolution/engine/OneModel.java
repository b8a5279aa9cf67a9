package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.run.RunOptions;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Devices of different models round differently: what a network scores would depend on the device
 * that happens to be free. So those of one model train, unless a person says otherwise.
 */
final class OneModel {
  private OneModel() {}

  /**
   * The devices that train.
   *
   * @param devices that were asked for, or all that are there; at least one
   * @param notices receives which are left out
   * @throws SettingException if devices of several models were asked for
   */
  static List<ComputeDevice> of(
      List<ComputeDevice> devices, CandidateSettings settings, Consumer<String> notices) {
    String model = devices.get(0).name();
    List<ComputeDevice> others =
        devices.stream().filter(device -> !device.name().equals(model)).toList();
    if (others.isEmpty() || settings.mixedDevices()) {
      return devices;
    }
    if (settings.gpu().gpus().isPresent()) {
      throw new SettingException(
          "gpus",
          devices.stream()
              .map(device -> String.valueOf(device.index()))
              .collect(Collectors.joining(",")),
          Text.format(
              "these are %s, which round differently: the same seed would not give the same result; name devices of one model, or give {%s} too",
              list(devices), RunOptions.MIXED_DEVICES));
    }
    notices.accept(
        Text.format(
            "%s left out: they round differently from %s (%s); to train on all, give --%s",
            list(others), model, devices.get(0).id(), RunOptions.MIXED_DEVICES));
    return devices.stream().filter(device -> device.name().equals(model)).toList();
  }

  /** Such as {@code gpu1 (NVIDIA T400)}. */
  private static String list(List<ComputeDevice> devices) {
    return devices.stream()
        .map(device -> Text.format("%s (%s)", device.id(), device.name()))
        .collect(Collectors.joining(", "));
  }
}
