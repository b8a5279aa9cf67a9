package io.github.cnnevolution.device;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How a GPU is at one moment, as NVML tells it: for the whole device, with what other processes do
 * on it. What a device does not report is empty.
 *
 * @param name the model
 * @param capabilityMajor compute capability, the 9 of 9.0
 * @param capabilityMinor compute capability, the 0 of 9.0
 * @param memoryTotal in bytes
 * @param memoryFree in bytes
 * @param utilisation the share of the last sample period, between a sixth of a second and a second,
 *     in which at least one kernel ran, in percent
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
  /** The memory that all processes together have taken, in bytes. */
  public long memoryUsed() {
    return memoryTotal - memoryFree;
  }
}
