package io.github.cnnevolution.device;

import io.github.cnnevolution.text.Text;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Loads LibTorch into this process with fast settings, so that users need not set them.
 *
 * <p>The settings apply to the whole process and must be made before the first native call. Every
 * program therefore calls {@link #prepare} first. System properties and environment variables that
 * the user has set take precedence.
 */
public final class NativeRuntime {
  // Parameters of mallopt(3), from glibc's <malloc.h>.
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_TOP_PAD = -2;
  private static final int M_MMAP_MAX = -4;
  private static final int M_ARENA_MAX = -8;

  /**
   * The system property that holds the reason why GPUs are not used; see {@link
   * #unavailableGpuReason}.
   */
  public static final String NO_GPU_REASON = "cnnevolution.gpu.unavailable";

  /** The open leases. LibTorch's settings are global to the process, so this list is static. */
  private static final List<Lease> LEASES = new ArrayList<>();

  private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
  private static final String LINK_PATH = "org.bytedeco.javacpp.platform.linkpath";
  private static final String GPU_NATIVES = "-gpu";

  /**
   * No natives have this extension, so JavaCPP falls back to the natives without extension: the
   * CPU's.
   */
  private static final String CPU_NATIVES = "-cpu";

  /** Variables that make libgomp bind threads to cores when it is loaded. */
  private static final List<String> THREAD_BINDINGS =
      List.of("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY");

  /** Exists if the driver's kernel module has found a GPU. */
  private static final Path NVIDIA_DEVICE = Path.of("/dev/nvidia0");

  private static final int NEVER_TRIM = Integer.MAX_VALUE;
  private static final int TOP_PAD_BYTES = 64 << 20;

  private NativeRuntime() {}

  /**
   * Makes the process settings that LibTorch needs before it is loaded, and chooses the natives. It
   * chooses the GPU natives if the jar contains them and this machine has all libraries that they
   * need. Call it once, before anything else. It sets:
   *
   * <ul>
   *   <li>the system properties {@code org.bytedeco.javacpp.maxPhysicalBytes} (0) and {@code
   *       org.bytedeco.javacpp.nopointergc} (true), unless they are set
   *   <li>in the GPU jar {@code org.bytedeco.javacpp.platform.extension}, {@code
   *       org.bytedeco.javacpp.platform.linkpath} and {@code
   *       org.bytedeco.javacpp.platform.preloadpath}, unless the first is set, and {@value
   *       #NO_GPU_REASON} if the GPUs cannot be used
   *   <li>the system property {@code org.bytedeco.javacpp.cachedir}: a directory of this version
   *       below the given one, or below {@code ~/.javacpp/cache}, or, if that cannot be used, below
   *       the directory for temporary files; see {@link NativeCache}
   *   <li>no binding of threads to cores by libgomp: it removes the environment variables {@code
   *       OMP_PROC_BIND}, {@code OMP_PLACES} and {@code GOMP_CPU_AFFINITY} of this process, which
   *       would bind the thread that loads LibTorch, and with it all workers, to one core
   *   <li>glibc's allocator (mallopt), unless the environment contains a MALLOC_ variable or
   *       GLIBC_TUNABLES: it keeps freed memory and, on the CPU, uses one arena
   *   <li>in the GPU jar the environment variable {@code CUDA_DEVICE_MAX_CONNECTIONS} (32), unless
   *       it is set: as many hardware queues as a pool has streams
   * </ul>
   *
   * @param cudaPath where to search for CUDA's libraries first: a toolkit, a directory of
   *     libraries, a site-packages directory or a Python environment
   * @throws NativeLibraryException if there is no directory for the native libraries
   */
  public static void prepare(Optional<Path> cudaPath) {
    configureJavaCpp();
    chooseNatives(cudaPath)
        .ifPresent(
            reason ->
                System.setProperty(
                    NO_GPU_REASON,
                    Text.format(
                        "%s: %s; run `devices` to see what to install",
                        Files.exists(NVIDIA_DEVICE)
                            ? "NO GPU IS USED, though this machine has one"
                            : "no GPU",
                        reason)));
    NativeCache.choose(usesGpuNatives());
    configureLibC(System.getenv());
  }

  /**
   * Returns the directory that holds the unpacked native libraries of all versions; empty if there
   * is none, since they are not in jars. Call {@link #prepare} first.
   */
  public static Optional<Path> cacheDirectory() {
    return NativeCache.chosenRoot();
  }

  private static boolean usesGpuNatives() {
    return GPU_NATIVES.equals(System.getProperty(EXTENSION));
  }

  /** Returns whether {@link #prepare} was called or its properties were set by hand. */
  public static boolean isPrepared() {
    return System.getProperty(MAX_PHYSICAL_BYTES) != null;
  }

  /**
   * Returns one line for the user that says why the GPUs of this machine cannot be used. Empty if
   * they can be used, and always empty in the CPU jar. Call {@link #prepare} first.
   */
  public static Optional<String> unavailableGpuReason() {
    return Optional.ofNullable(System.getProperty(NO_GPU_REASON));
  }

  /**
   * Prepares the process and loads LibTorch, for programs and tests that use LibTorch directly.
   *
   * @param threadsPerWorker the number of threads inside one operation; it applies to the whole
   *     process. Different values can change results in the last bits
   * @return {@link #unavailableGpuReason}
   * @throws IllegalArgumentException if {@code threadsPerWorker} is below 1
   */
  public static Optional<String> load(int threadsPerWorker) {
    prepare(Optional.empty());
    initialize(threadsPerWorker);
    return unavailableGpuReason();
  }

  private static void initialize(int threadsPerWorker) {
    if (threadsPerWorker < 1) {
      throw new IllegalArgumentException(
          "threads per worker must be at least 1, but was " + threadsPerWorker);
    }
    NativeCache.choose(usesGpuNatives())
        .ifPresentOrElse(
            cache -> cache.load(NativeRuntime::loadNatives), NativeRuntime::loadNatives);
    // NNPACK is never the fastest option here, and it prints warnings where it cannot run.
    torch.globalContext().setUserEnabledNNPACK(false);
    torch.set_num_threads(threadsPerWorker);
    openblas_nolapack.blas_set_num_threads(threadsPerWorker);
  }

  private static void loadNatives() {
    Loader.load(openblas_nolapack.class);
    Loader.load(torch.class);
    if (usesGpuNatives()) {
      Loader.load(torch_cuda.class);
    }
  }

  /**
   * Loads LibTorch and applies its process-wide settings, which stay unchanged until the lease is
   * closed. Threads and math mode are global in LibTorch, so concurrent sessions must use the same
   * values.
   *
   * @throws IllegalStateException if another open lease has other settings; the message names them
   */
  public static Lease lease(int threadsPerWorker, CudaMathMode mathMode) {
    synchronized (LEASES) {
      for (Lease other : LEASES) {
        if (other.threadsPerWorker != threadsPerWorker || !other.mathMode.equals(mathMode)) {
          throw new IllegalStateException(
              Text.format(
                  "another session of this process uses %d threads per worker and %s; close it first, or use the same settings",
                  other.threadsPerWorker, other.mathMode));
        }
      }
      if (LEASES.isEmpty()) {
        initialize(threadsPerWorker);
        mathMode.apply();
      }
      Lease lease = new Lease(threadsPerWorker, mathMode);
      LEASES.add(lease);
      return lease;
    }
  }

  /**
   * Loads LibTorch with the settings of the open leases, or with the defaults if no lease is open.
   */
  public static Lease lease() {
    synchronized (LEASES) {
      return LEASES.isEmpty()
          ? lease(1, CudaMathMode.DEFAULT)
          : lease(LEASES.get(0).threadsPerWorker, LEASES.get(0).mathMode);
    }
  }

  /** Keeps LibTorch's process-wide settings unchanged while open. */
  public static final class Lease implements AutoCloseable {
    private final int threadsPerWorker;
    private final CudaMathMode mathMode;

    private Lease(int threadsPerWorker, CudaMathMode mathMode) {
      this.threadsPerWorker = threadsPerWorker;
      this.mathMode = mathMode;
    }

    @Override
    public void close() {
      synchronized (LEASES) {
        LEASES.remove(this);
      }
    }
  }

  /**
   * Tells JavaCPP which of the two sets of natives in the GPU jar to load. By default JavaCPP tries
   * the GPU natives first, unpacks 900 MB, and accepts any file with the right name.
   */
  private static Optional<String> chooseNatives(Optional<Path> cudaPath) {
    if (!CudaProbe.isInJar() || System.getProperty(EXTENSION) != null) {
      return Optional.empty();
    }
    // The driver reads it once, at cuInit. With its default of 8 queues workers wait for each
    // other.
    LibC.load().setenv("CUDA_DEVICE_MAX_CONNECTIONS", String.valueOf(DeviceBinding.STREAMS), 0);
    CudaProbe probe = CudaProbe.prepare(cudaPath);
    if (probe.unavailableReason().isPresent()) {
      System.setProperty(EXTENSION, CPU_NATIVES);
      return probe.unavailableReason();
    }
    System.setProperty(EXTENSION, GPU_NATIVES);
    // JavaCPP opens libraries by path, so a file of the same name elsewhere would be loaded as a
    // second copy. JavaCPP's own search lists start with /usr/local/cuda.
    String directories =
        probe.directories(CudaSearchPath.ofSystem(cudaPath)).stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    System.setProperty(CudaSearchPath.PRELOAD_PATH, directories);
    setIfAbsent(LINK_PATH, directories);
    return Optional.empty();
  }

  /**
   * Switches off three defaults of JavaCPP: it queries the process's memory use at every native
   * allocation (about 2 us each), stalls in the garbage collector above 4 x Xmx, and frees
   * forgotten pointers on a separate thread. Here every pointer has an owner, and LibTorch's memory
   * is not part of the Java heap.
   */
  private static void configureJavaCpp() {
    setIfAbsent(MAX_PHYSICAL_BYTES, "0");
    setIfAbsent("org.bytedeco.javacpp.nopointergc", "true");
  }

  /**
   * Whether all threads that compute are to share glibc's main arena; see {@link ComputeThreads}.
   */
  static boolean hasOneArena() {
    return isLinux() && !usesGpuNatives() && mayConfigureAllocator(System.getenv());
  }

  private static boolean isLinux() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
  }

  private static boolean mayConfigureAllocator(Map<String, String> environment) {
    return environment.keySet().stream().noneMatch(NativeRuntime::setsAllocator);
  }

  /** Makes settings of the C library. Training works without them, but more slowly. */
  private static void configureLibC(Map<String, String> environment) {
    if (!isLinux()) {
      return;
    }
    try {
      LibC libc = LibC.load();
      for (String variable : THREAD_BINDINGS) {
        libc.unsetenv(variable);
      }
      if (mayConfigureAllocator(environment)) {
        configureAllocator(libc);
      }
    } catch (LinkageError e) {
      // The C library is another one, such as musl, or JNA cannot be loaded.
      return;
    }
  }

  /**
   * Makes glibc keep freed memory, and make no further arenas on the CPU: all threads that compute
   * get the main one ({@link ComputeThreads}). With GPUs the memory of the host is small, and many
   * threads that launch kernels would wait for the arena. By default glibc maps every block above
   * 32 MB anew and returns freed memory to the kernel, so each training step faults in its
   * activations page by page. Keeping the memory trains more than twice as many images per second
   * (see src/docs/benchmarks.md).
   */
  private static void configureAllocator(LibC libc) {
    libc.mallopt(M_MMAP_MAX, 0);
    libc.mallopt(M_TRIM_THRESHOLD, NEVER_TRIM);
    libc.mallopt(M_TOP_PAD, TOP_PAD_BYTES);
    if (!usesGpuNatives()) {
      libc.mallopt(M_ARENA_MAX, 1);
    }
  }

  private static boolean setsAllocator(String variable) {
    return variable.startsWith("MALLOC_") || variable.equals("GLIBC_TUNABLES");
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
