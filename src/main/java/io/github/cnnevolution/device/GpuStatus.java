package io.github.cnnevolution.device;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The state of a GPU at one moment, as NVML reports it. The values cover the whole device,
 * including the work of other processes. A value that the device does not report is empty.
 *
 * @param name the model
 * @param capabilityMajor the major compute capability: 9 for 9.0
 * @param capabilityMinor the minor compute capability: 0 for 9.0
 * @param memoryTotal in bytes
 * @param memoryFree in bytes
 * @param utilisation the percentage of the last sample period in which at least one kernel ran; the
 *     period lasts between a sixth of a second and one second
 * @param temperature of the chip, in degrees Celsius
 * @param power drawn by the board, in watts
 */
public record GpuStatus(
    String name,
    int capabilityMajor,
    int capabilityMinor,
    long memoryTotal,
    long memoryFree,
    OptionalInt utilisation,
    OptionalInt temperature,
    OptionalDouble power) {
  /** Returns the memory that all processes together use, in bytes. */
  public long memoryUsed() {
    return memoryTotal - memoryFree;
  }
}
