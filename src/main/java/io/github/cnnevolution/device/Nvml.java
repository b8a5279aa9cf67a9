package io.github.cnnevolution.device;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * NVIDIA's management library (NVML), which is installed with the driver. It reports utilisation,
 * temperature, power and memory of GPUs.
 *
 * <p>This class calls NVML through JNA: the existing Java wrapper links to the CUDA runtime and
 * cannot be loaded on a machine without it. NVML numbers all GPUs of the machine; CUDA numbers only
 * those in {@code CUDA_VISIBLE_DEVICES}, in that order. GPUs are therefore looked up by PCI bus id.
 * Thread-safe, like NVML itself.
 *
 * <p>Source: NVML API Reference Guide, {@code nvml.h}.
 */
public final class Nvml implements AutoCloseable {
  private static final int SUCCESS = 0;
  private static final int FUNCTION_NOT_FOUND = 13;
  private static final int TEMPERATURE_GPU = 0;
  private static final int MAX_TEXT = 96;
  private static final int MEMORY_BYTES = 3 * Long.BYTES;
  private static final int UTILISATION_BYTES = 2 * Integer.BYTES;
  private static final double MILLIWATTS = 1000;

  private final NativeLibrary library;
  private final CudaDriver driver;

  /** The PCI bus ids, each looked up once: a failed device no longer reports it. */
  private final Map<Integer, Optional<String>> pciBusIds = new ConcurrentHashMap<>();

  private Nvml(NativeLibrary library, CudaDriver driver) {
    this.library = library;
    this.driver = driver;
  }

  /**
   * Opens the NVML of this machine's driver. Returns empty if it is missing or cannot be
   * initialised.
   */
  public static Optional<Nvml> open() {
    return open(Optional.empty());
  }

  /**
   * Opens NVML, searching a given directory first. Returns empty if NVML is missing or cannot be
   * initialised.
   *
   * @param named the directory to search first
   */
  public static Optional<Nvml> open(Optional<Path> named) {
    CudaSearchPath path = CudaSearchPath.ofSystem(named);
    try {
      CudaDriver driver = new CudaDriver(location(path, CudaLibrary.DRIVER));
      NativeLibrary library = NativeLibrary.getInstance(location(path, CudaLibrary.NVML));
      Nvml nvml = new Nvml(library, driver);
      return nvml.call("nvmlInit_v2") == SUCCESS ? Optional.of(nvml) : Optional.empty();
    } catch (UnsatisfiedLinkError e) {
      return Optional.empty();
    }
  }

  private static String location(CudaSearchPath path, String soname) {
    return Stream.concat(path.find(soname).stream().map(Path::toString), Stream.of(soname))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Returns the version of the driver, such as {@code 580.65.06}, or an empty string if it is
   * unknown.
   */
  public String driverVersion() {
    byte[] text = new byte[MAX_TEXT];
    return call("nvmlSystemGetDriverVersion", text, MAX_TEXT) == SUCCESS
        ? Native.toString(text)
        : "";
  }

  /**
   * Returns the current state of a GPU, or empty if the GPU does not respond, such as a lost one.
   *
   * @param index as CUDA and {@code --gpus} count, from 0
   */
  public Optional<GpuStatus> status(int index) {
    return pciBusIds.computeIfAbsent(index, driver::pciBusId).flatMap(this::status);
  }

  private Optional<GpuStatus> status(String pciBusId) {
    PointerByReference handle = new PointerByReference();
    if (call("nvmlDeviceGetHandleByPciBusId_v2", pciBusId, handle) != SUCCESS) {
      return Optional.empty();
    }
    Pointer device = handle.getValue();
    byte[] name = new byte[MAX_TEXT];
    IntByReference major = new IntByReference();
    IntByReference minor = new IntByReference();
    try (Memory memory = new Memory(MEMORY_BYTES)) {
      if (call("nvmlDeviceGetMemoryInfo", device, memory) != SUCCESS) {
        return Optional.empty();
      }
      call("nvmlDeviceGetName", device, name, MAX_TEXT);
      call("nvmlDeviceGetCudaComputeCapability", device, major, minor);
      return Optional.of(
          new GpuStatus(
              Native.toString(name),
              major.getValue(),
              minor.getValue(),
              memory.getLong(0),
              memory.getLong(Long.BYTES),
              utilisation(device),
              number("nvmlDeviceGetTemperature", device, TEMPERATURE_GPU),
              power(device)));
    }
  }

  private OptionalInt utilisation(Pointer device) {
    try (Memory rates = new Memory(UTILISATION_BYTES)) {
      return call("nvmlDeviceGetUtilizationRates", device, rates) == SUCCESS
          ? OptionalInt.of(rates.getInt(0))
          : OptionalInt.empty();
    }
  }

  private OptionalInt number(String name, Pointer device, int kind) {
    IntByReference value = new IntByReference();
    return call(name, device, kind, value) == SUCCESS
        ? OptionalInt.of(value.getValue())
        : OptionalInt.empty();
  }

  private OptionalDouble power(Pointer device) {
    IntByReference value = new IntByReference();
    return call("nvmlDeviceGetPowerUsage", device, value) == SUCCESS
        ? OptionalDouble.of(value.getValue() / MILLIWATTS)
        : OptionalDouble.empty();
  }

  /**
   * Calls a function and returns NVML's return code. Returns {@link #FUNCTION_NOT_FOUND} if the
   * driver lacks the function.
   */
  private int call(String name, Object... arguments) {
    try {
      return library.getFunction(name).invokeInt(arguments);
    } catch (UnsatisfiedLinkError e) {
      return FUNCTION_NOT_FOUND;
    }
  }

  /** Shuts NVML down. NVML counts its users, so other users in this process are not affected. */
  @Override
  public void close() {
    call("nvmlShutdown");
  }
}
