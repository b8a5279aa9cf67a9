package io.github.cnnevolution.device;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.github.cnnevolution.text.Text;
import java.util.Optional;

/**
 * Queries NVIDIA's driver before LibTorch is loaded: whether it has a device, and whether it is new
 * enough. Needs only the driver, no CUDA library.
 */
final class CudaDriver {
  /**
   * The lowest CUDA version, times 1000, that a driver must support to run programs built for CUDA
   * 13.
   */
  static final int MIN_CUDA_VERSION = 13_000;

  private static final int MAX_BUS_ID = 32;

  private final NativeLibrary library;
  private final int status;

  /**
   * Initialises the driver.
   *
   * @param location path or soname of {@code libcuda.so.1}
   * @throws UnsatisfiedLinkError if the library cannot be loaded or is not a CUDA driver
   */
  CudaDriver(String location) {
    library = NativeLibrary.getInstance(location);
    status = function("cuInit").invokeInt(new Object[] {0});
  }

  /**
   * Returns the CUDA version that the driver supports, times 1000 (13010 is 13.1), or 0 if it is
   * unknown.
   */
  int cudaVersion() {
    IntByReference version = new IntByReference();
    return call("cuDriverGetVersion", version) == 0 ? version.getValue() : 0;
  }

  /**
   * Returns the number of GPUs that this process may use. {@code CUDA_VISIBLE_DEVICES} limits it.
   */
  int devices() {
    IntByReference count = new IntByReference();
    return status == 0 && call("cuDeviceGetCount", count) == 0 ? count.getValue() : 0;
  }

  /**
   * Returns the PCI bus id of a GPU, such as {@code 0000:18:00.0}. CUDA and NVML use the same id.
   *
   * @param index as CUDA counts, from 0
   */
  Optional<String> pciBusId(int index) {
    IntByReference device = new IntByReference();
    byte[] text = new byte[MAX_BUS_ID];
    boolean known =
        call("cuDeviceGet", device, index) == 0
            && call("cuDeviceGetPCIBusId", text, MAX_BUS_ID, device.getValue()) == 0;
    return known ? Optional.of(Native.toString(text)) : Optional.empty();
  }

  /** Returns why this process cannot use a GPU, or empty if it can. */
  Optional<String> unavailableReason() {
    if (status != 0) {
      return Optional.of(
          Text.format(
              "the NVIDIA driver reports '%s' (cuInit error %d)", errorText(status), status));
    }
    int version = cudaVersion();
    if (version < MIN_CUDA_VERSION) {
      return Optional.of(
          Text.format(
              "the NVIDIA driver supports CUDA up to %s; CUDA 13 needs driver 580 or newer",
              CudaProbe.version(version)));
    }
    return devices() == 0
        ? Optional.of("the NVIDIA driver reports no device; check CUDA_VISIBLE_DEVICES")
        : Optional.empty();
  }

  private String errorText(int error) {
    PointerByReference text = new PointerByReference();
    try {
      boolean known = call("cuGetErrorString", error, text) == 0 && text.getValue() != null;
      return known ? text.getValue().getString(0) : "no description";
    } catch (UnsatisfiedLinkError e) {
      return "no description";
    }
  }

  private int call(String name, Object... arguments) {
    return function(name).invokeInt(arguments);
  }

  private Function function(String name) {
    return library.getFunction(name);
  }
}
