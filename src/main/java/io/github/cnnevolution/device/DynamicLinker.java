package io.github.cnnevolution.device;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Loads shared libraries into this process with dlopen(3). Libraries are never unloaded.
 *
 * <p>A loaded library satisfies every later dependency on its soname, even if other files have the
 * same name. Java's {@code System.load} works in the same way, but it rejects some libraries
 * without JNI and does not report which dependency is missing.
 */
final class DynamicLinker {
  private static final int RTLD_LAZY = 0x1;
  private static final int RTLD_GLOBAL = 0x100;

  private final LibDl libDl;

  /**
   * Finds {@code dlopen} in this process.
   *
   * @throws UnsatisfiedLinkError on a system without it
   */
  DynamicLinker() {
    libDl = Native.load((String) null, LibDl.class);
    // Every symbol look-up in this thread frees the last error text of dlerror(3). So resolve
    // dlerror, and the native method with which JNA reads strings, before the first error.
    libDl.dlerror();
    try (Memory empty = new Memory(1)) {
      empty.clear();
      empty.getString(0);
    }
  }

  /**
   * Loads a library. Does nothing if it is already loaded.
   *
   * @return empty on success, else the linker's error message
   */
  Optional<String> open(Path file) {
    return open(file.toAbsolutePath().toString());
  }

  /**
   * Loads a library by soname. The linker searches its own path and cache.
   *
   * @return empty on success, else the linker's error message
   */
  Optional<String> open(String name) {
    Pointer handle = libDl.dlopen(name, RTLD_LAZY | RTLD_GLOBAL);
    if (handle != null) {
      return Optional.empty();
    }
    String error = libDl.dlerror();
    return Optional.of(error == null ? "cannot be loaded" : error);
  }

  /** Two functions of dlfcn.h. JNA requires a visible interface. */
  interface LibDl extends Library {
    /** Loads a library. Returns null on failure. */
    Pointer dlopen(String file, int flags);

    /** Returns the last error of this thread, or null if there was none. */
    String dlerror();
  }
}
