package io.github.cnnevolution.engine;

import io.github.cnnevolution.device.NativeRuntime;
import java.nio.file.Path;
import java.util.Optional;

/** Prepares a process for LibTorch. */
public final class LibTorch {
  private LibTorch() {}

  /** Prepares the process; see {@link #prepare(Optional)}. */
  public static void prepare() {
    prepare(Optional.empty());
  }

  /**
   * Makes the settings of this process without which LibTorch trains at half its speed, and which
   * must be made before it is loaded: system properties of JavaCPP and glibc's allocator. {@link
   * NativeRuntime#prepare} lists them; what is set already stays. Call it once, first thing in
   * {@code main}; the engine makes none of them by itself.
   *
   * @param cudaPath where to look for CUDA's libraries first
   */
  public static void prepare(Optional<Path> cudaPath) {
    NativeRuntime.prepare(cudaPath);
  }

  /** Refuses to go on in a process that is not prepared. */
  static void requirePrepared() {
    if (!NativeRuntime.isPrepared()) {
      throw new IllegalStateException(
          "call LibTorch.prepare() once, first thing in main: it makes the settings of the process that LibTorch needs");
    }
  }
}
