package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import java.util.stream.Stream;

/** The devices of this machine, by name, in the state in which the program uses them. */
public final class Machine {
  private Machine() {}

  /**
   * Loads LibTorch with the program's settings and finds a device.
   *
   * @param id {@code cpu}, or {@code gpu0} and so on in a jar with GPU natives
   * @param threads inside one operation on the CPU
   * @throws IllegalArgumentException if there is no such device
   */
  public static ComputeDevice device(String id, int threads) {
    String withoutGpu = NativeRuntime.load(threads).orElse("this jar has no GPU natives");
    return Stream.concat(Stream.of(Devices.cpu()), Devices.gpus().stream())
        .filter(device -> device.id().equals(id))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no device %s: %s".formatted(id, withoutGpu)));
  }
}
