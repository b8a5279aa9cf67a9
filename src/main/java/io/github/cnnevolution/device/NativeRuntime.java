package io.github.cnnevolution.device;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.Locale;
import java.util.Map;
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

  private static final int KEEP_ALWAYS = Integer.MAX_VALUE;
  private static final int TOP_PAD_BYTES = 64 << 20;

  private NativeRuntime() {}

  /**
   * Loads the native libraries, unless they are loaded already.
   *
   * @param threadsPerWorker the threads inside one operation, for every operation of the process;
   *     results can differ in the last bits between different values
   * @throws IllegalArgumentException if {@code threadsPerWorker} is below 1
   */
  public static void load(int threadsPerWorker) {
    if (threadsPerWorker < 1) {
      throw new IllegalArgumentException(
          "threads per worker must be at least 1, but was " + threadsPerWorker);
    }
    configureJavaCpp();
    configureAllocator(System.getenv());
    // NNPACK is never the fastest here, and complains on standard error where it cannot run.
    torch.globalContext().setUserEnabledNNPACK(false);
    torch.set_num_threads(threadsPerWorker);
    openblas_nolapack.blas_set_num_threads(threadsPerWorker);
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
      LibC libc = Native.load("c", LibC.class);
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

  /** The one function of the C library that is called; JNA needs the interface to be visible. */
  interface LibC extends Library {
    /** Sets one parameter of the allocator for the whole process; returns 1 on success. */
    int mallopt(int parameter, int value);
  }
}
