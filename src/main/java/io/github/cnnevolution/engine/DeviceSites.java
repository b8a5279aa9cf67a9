package io.github.cnnevolution.engine;

import io.github.cnnevolution.data.DeviceDataset;
import io.github.cnnevolution.data.HostImages;
import io.github.cnnevolution.data.Normalization;
import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.GpuMemory;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The devices with their images. Owns the resident images.
 *
 * @param all at least one
 */
record DeviceSites(List<Site> all) implements AutoCloseable {
  /** Copies the list. */
  DeviceSites {
    all = List.copyOf(all);
  }

  /**
   * A device with its images.
   *
   * @param memory that is left for trainings, in bytes
   */
  record Site(
      ComputeDevice device,
      long memory,
      DeviceDataset training,
      Optional<DeviceDataset> validation,
      Optional<DeviceDataset> test)
      implements AutoCloseable {
    @Override
    public void close() {
      test.ifPresent(DeviceDataset::close);
      validation.ifPresent(DeviceDataset::close);
      training.close();
    }
  }

  /**
   * Starts to copy the images to the devices.
   *
   * @throws SettingException if a GPU has no free memory
   */
  static DeviceSites of(
      List<ComputeDevice> devices,
      Normalization normalization,
      HostImages training,
      Optional<HostImages> validation,
      Optional<HostImages> test) {
    List<Site> sites = new ArrayList<>();
    try {
      for (ComputeDevice device : devices) {
        sites.add(site(device, normalization, training, validation, test));
      }
      return new DeviceSites(sites);
    } catch (RuntimeException e) {
      sites.forEach(Site::close);
      throw e;
    }
  }

  private static Site site(
      ComputeDevice device,
      Normalization normalization,
      HostImages training,
      Optional<HostImages> validation,
      Optional<HostImages> test) {
    long limit = Long.MAX_VALUE;
    if (device.isGpu()) {
      limit =
          GpuMemory.limit(device)
              .orElseThrow(
                  () ->
                      new SettingException(
                          "gpus",
                          device.index(),
                          Text.format("%s has no free memory; leave it out", device.id())));
    }
    DeviceDataset trainingCopy = new DeviceDataset(training, normalization, device);
    Optional<DeviceDataset> validationCopy =
        validation.map(images -> new DeviceDataset(images, normalization, device));
    Optional<DeviceDataset> testCopy =
        test.map(images -> new DeviceDataset(images, normalization, device));
    long memory = device.isGpu() ? limit - GpuMemory.reserved(device) : limit;
    return new Site(device, memory, trainingCopy, validationCopy, testCopy);
  }

  /** The memory of the device that has least left, in bytes. */
  long smallestMemory() {
    return all.stream().mapToLong(Site::memory).min().orElseThrow();
  }

  /** The first device that has not failed. */
  Site working(List<LostDevice> lost) {
    return all.stream()
        .filter(s -> lost.stream().noneMatch(l -> l.device().equals(s.device().id())))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    all.forEach(Site::close);
  }
}
