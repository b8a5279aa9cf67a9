package io.github.cnnevolution.device;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Loads shared libraries into this process for good, by dlopen(3).
 *
 * <p>A library that is in the process already is what later ones get that need one of its soname,
 * wherever else another file of that name lies. Java's own {@code System.load} would do the same,
 * but it refuses a library without JNI in some positions and cannot tell what is missing.
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
  }

  /**
   * Loads a library, unless it is loaded.
   *
   * @return nothing if it is loaded now, else the linker's words
   */
  Optional<String> open(Path file) {
    return open(file.toAbsolutePath().toString());
  }

  /**
   * Loads a library that the linker finds by itself, in its cache.
   *
   * @return nothing if it is loaded now, else the linker's words
   */
  Optional<String> open(String name) {
    Pointer handle = libDl.dlopen(name, RTLD_LAZY | RTLD_GLOBAL);
    if (handle != null) {
      return Optional.empty();
    }
    String error = libDl.dlerror();
    return Optional.of(error == null ? "cannot be loaded" : error);
  }

  /** The two functions of dlfcn.h; JNA needs the interface to be visible. */
  interface LibDl extends Library {
    /** Loads a library; null on failure. */
    Pointer dlopen(String file, int flags);

    /** What went wrong last in this thread; null if nothing did. */
    String dlerror();
  }
}
