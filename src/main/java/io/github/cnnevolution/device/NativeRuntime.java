package io.github.cnnevolution.device;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads LibTorch into this process with the settings that make it fast, so that nobody has to type
 * them.
 *
 * <p>The settings belong to the whole process and must be made before the first native call, which
 * is why {@link #prepare} comes first in every program. What a person has set by a system property
 * or an environment variable wins.
 */
public final class NativeRuntime {
  // Parameters of mallopt(3), from <malloc.h> of glibc.
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_TOP_PAD = -2;
  private static final int M_MMAP_MAX = -4;
  private static final int M_ARENA_MAX = -8;

  /** The system property that says why GPUs are not used; see {@link #unavailableGpuReason}. */
  public static final String NO_GPU_REASON = "cnnevolution.gpu.unavailable";

  /**
   * The open leases. LibTorch's settings are global in the process, so this mirror of them is too.
   */
  private static final List<Lease> LEASES = new ArrayList<>();

  private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
  private static final String LINK_PATH = "org.bytedeco.javacpp.platform.linkpath";
  private static final String GPU_NATIVES = "-gpu";

  /** No natives have this extension, so that JavaCPP takes those that have none: the CPU's. */
  private static final String CPU_NATIVES = "-cpu";

  private static final int KEEP_ALWAYS = Integer.MAX_VALUE;
  private static final int TOP_PAD_BYTES = 64 << 20;

  private NativeRuntime() {}

  /**
   * Makes the settings of this process that LibTorch needs before it is loaded, and chooses the
   * natives: those for GPUs if the jar has them and this machine has all that they need. Call it
   * once, first thing. It sets:
   *
   * <ul>
   *   <li>the system properties {@code org.bytedeco.javacpp.maxPhysicalBytes} (0) and {@code
   *       org.bytedeco.javacpp.nopointergc} (true), unless they are set
   *   <li>in the GPU jar {@code org.bytedeco.javacpp.platform.extension}, {@code
   *       org.bytedeco.javacpp.platform.linkpath} and {@code
   *       org.bytedeco.javacpp.platform.preloadpath}, unless the first is set, and {@value
   *       #NO_GPU_REASON} where the GPUs cannot be used
   *   <li>glibc's allocator (mallopt), unless a MALLOC_ variable is in the environment: freed
   *       memory is kept, in one arena
   * </ul>
   *
   * @param cudaPath where to look for CUDA's libraries first: a toolkit, a directory of libraries,
   *     a site-packages or a Python environment
   */
  public static void prepare(Optional<Path> cudaPath) {
    configureJavaCpp();
    chooseNatives(cudaPath)
        .ifPresent(
            reason ->
                System.setProperty(
                    NO_GPU_REASON, "no GPU: %s; `devices` says what to install".formatted(reason)));
    configureAllocator(System.getenv());
  }

  /** Whether {@link #prepare} was called, or its properties were set by hand. */
  public static boolean isPrepared() {
    return System.getProperty(MAX_PHYSICAL_BYTES) != null;
  }

  /**
   * Why the GPUs of this machine cannot be used, for people, in one line; empty if they can, and in
   * the CPU jar, which was never meant to. Known once {@link #prepare} was called.
   */
  public static Optional<String> unavailableGpuReason() {
    return Optional.ofNullable(System.getProperty(NO_GPU_REASON));
  }

  /**
   * Prepares the process and loads LibTorch, for programs and tests that use it directly.
   *
   * @param threadsPerWorker the threads inside one operation, for every operation of the process;
   *     results can differ in the last bits between different values
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
    // NNPACK is never the fastest here, and complains on standard error where it cannot run.
    torch.globalContext().setUserEnabledNNPACK(false);
    torch.set_num_threads(threadsPerWorker);
    openblas_nolapack.blas_set_num_threads(threadsPerWorker);
  }

  /**
   * Loads LibTorch and makes its settings of the process, which stay as they are until the lease is
   * closed: threads and arithmetic are global in LibTorch, so that sessions side by side must agree
   * on them.
   *
   * @throws IllegalStateException if another open lease has other settings; the message names them
   */
  public static Lease lease(int threadsPerWorker, CudaMathMode mathMode) {
    synchronized (LEASES) {
      for (Lease other : LEASES) {
        if (other.threadsPerWorker != threadsPerWorker || !other.mathMode.equals(mathMode)) {
          throw new IllegalStateException(
              "another session of this process computes with %d threads and %s; close it first, or use the same"
                  .formatted(other.threadsPerWorker, other.mathMode));
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
   * Loads LibTorch with whatever settings the open leases have, or the defaults if there is none.
   */
  public static Lease lease() {
    synchronized (LEASES) {
      return LEASES.isEmpty()
          ? lease(1, CudaMathMode.DEFAULT)
          : lease(LEASES.get(0).threadsPerWorker, LEASES.get(0).mathMode);
    }
  }

  /** Holds LibTorch's settings of the process. */
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
   * Tells JavaCPP which of the two sets of natives in the GPU jar to load. Left to itself it tries
   * the GPU's first, unpacks 900 MB, and takes any file with the right name.
   */
  private static Optional<String> chooseNatives(Optional<Path> cudaPath) {
    if (!CudaProbe.isInJar() || System.getProperty(EXTENSION) != null) {
      return Optional.empty();
    }
    CudaProbe setup = CudaProbe.prepare(cudaPath);
    if (setup.unavailableReason().isPresent()) {
      System.setProperty(EXTENSION, CPU_NATIVES);
      return setup.unavailableReason();
    }
    System.setProperty(EXTENSION, GPU_NATIVES);
    // JavaCPP opens libraries by path, and another file of the same name would become a second copy
    // in this process. Its own lists begin with /usr/local/cuda.
    String directories =
        setup.directories(CudaSearchPath.ofSystem(cudaPath)).stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    System.setProperty(CudaSearchPath.PRELOAD_PATH, directories);
    setIfAbsent(LINK_PATH, directories);
    return Optional.empty();
  }

  /**
   * JavaCPP by default asks the kernel for the process's memory at every native allocation (about 2
   * us each), stalls in the garbage collector above 4 x Xmx, and frees forgotten pointers from a
   * thread of its own. Here every pointer has an owner and LibTorch's memory is not the Java
   * heap's, so all three are switched off.
   */
  private static void configureJavaCpp() {
    setIfAbsent(MAX_PHYSICAL_BYTES, "0");
    setIfAbsent("org.bytedeco.javacpp.nopointergc", "true");
  }

  /**
   * glibc by default maps every block above 32 MB anew and gives freed memory back to the kernel,
   * so that each training step faults in its activations page by page. Memory that is kept, in one
   * arena for all threads, trains more than twice as many images a second (see
   * benchmarks/README.md).
   */
  private static void configureAllocator(Map<String, String> environment) {
    boolean glibc = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    if (!glibc || environment.keySet().stream().anyMatch(NativeRuntime::setsAllocator)) {
      return;
    }
    try {
      LibC libc = LibC.load();
      libc.mallopt(M_MMAP_MAX, 0);
      libc.mallopt(M_TRIM_THRESHOLD, KEEP_ALWAYS);
      libc.mallopt(M_TOP_PAD, TOP_PAD_BYTES);
      libc.mallopt(M_ARENA_MAX, 1);
    } catch (UnsatisfiedLinkError e) {
      // Another C library, such as musl: only speed is lost.
      return;
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
