package io.github.cnnevolution.device;

import java.io.File;
import java.nio.file.Path;
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
 * is why {@link #load} comes first in every command. What a person has set by a system property or
 * an environment variable wins.
 */
public final class NativeRuntime {
  // Parameters of mallopt(3), from <malloc.h> of glibc.
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_TOP_PAD = -2;
  private static final int M_MMAP_MAX = -4;
  private static final int M_ARENA_MAX = -8;

  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
  private static final String LINK_PATH = "org.bytedeco.javacpp.platform.linkpath";
  private static final String GPU_NATIVES = "-gpu";

  /** No natives have this extension, so that JavaCPP takes those that have none: the CPU's. */
  private static final String CPU_NATIVES = "-cpu";

  private static final int KEEP_ALWAYS = Integer.MAX_VALUE;
  private static final int TOP_PAD_BYTES = 64 << 20;

  private NativeRuntime() {}

  /**
   * Loads the native libraries, unless they are loaded already; those for GPUs if the jar has them
   * and this machine has all that they need.
   *
   * @param threadsPerWorker the threads inside one operation, for every operation of the process;
   *     results can differ in the last bits between different values
   * @return for people, in one line, why the GPUs of this machine cannot be used; empty if they
   *     can, and in the CPU jar, which was never meant to
   * @throws IllegalArgumentException if {@code threadsPerWorker} is below 1
   */
  public static Optional<String> load(int threadsPerWorker) {
    return load(threadsPerWorker, Optional.empty());
  }

  /**
   * The same, with the place of CUDA's libraries.
   *
   * @param cudaPath where to look for them first: a toolkit, a directory of libraries, a
   *     site-packages or a Python environment
   */
  public static Optional<String> load(int threadsPerWorker, Optional<Path> cudaPath) {
    if (threadsPerWorker < 1) {
      throw new IllegalArgumentException(
          "threads per worker must be at least 1, but was " + threadsPerWorker);
    }
    configureJavaCpp();
    Optional<String> withoutGpu = chooseNatives(cudaPath);
    configureAllocator(System.getenv());
    // NNPACK is never the fastest here, and complains on standard error where it cannot run.
    torch.globalContext().setUserEnabledNNPACK(false);
    torch.set_num_threads(threadsPerWorker);
    openblas_nolapack.blas_set_num_threads(threadsPerWorker);
    return withoutGpu;
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
      return Optional.of(
          "no GPU: %s; `devices` says what to install".formatted(setup.unavailableReason().get()));
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
    setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
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
