package io.github.cnnevolution.device;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Profiler ranges through NVTX, the annotation interface of NVIDIA's tools. A profiler sets {@code
 * NVTX_INJECTION64_PATH} in the process that it starts, and NVTX forwards each call to the library
 * named there. Without a profiler a call returns at once.
 *
 * <p>NVTX is a C header. This class takes its functions from the first of these libraries that can
 * be loaded, so neither the build nor the program needs a C compiler:
 *
 * <ol>
 *   <li>the file that the environment variable {@code CNN_EVOLUTION_NVTX} names; if it is set, no
 *       other library is tried
 *   <li>{@code libcnn-evolution-nvtx.so} next to the jar, built by {@code
 *       native-config/nvtx/build.sh}
 *   <li>{@code libnvtx3interop.so.1}, NVIDIA's own build of the header, part of CUDA 13 (package
 *       cuda-nvtx) and of Python's nvidia-nvtx
 *   <li>{@code libnvToolsExt.so.1}, part of CUDA up to 12
 * </ol>
 */
final class NvtxRanges implements ProfilerRanges {
  static final String VARIABLE = "CNN_EVOLUTION_NVTX";

  private static final String SHIM = "libcnn-evolution-nvtx.so";
  private static final List<String> LIBRARIES =
      List.of("libnvtx3interop.so.1", "libnvToolsExt.so.1");
  private static final Path INSTALLATIONS = Path.of("/usr/local");
  private static final List<String> LIBRARY_FOLDERS =
      List.of("lib64", "lib", "targets/x86_64-linux/lib");

  private NvtxRanges() {}

  static Optional<ProfilerRanges> load(List<Path> directories, Map<String, String> environment) {
    return candidates(directories, environment).anyMatch(NvtxRanges::bind)
        ? Optional.of(new NvtxRanges())
        : Optional.empty();
  }

  /**
   * Returns the libraries to try, in order: paths, and names for the dynamic loader's own search.
   */
  private static Stream<String> candidates(
      List<Path> directories, Map<String, String> environment) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      return Stream.of(Path.of(named).toAbsolutePath().toString());
    }
    List<Path> toolkits = toolkitFolders(environment);
    return Stream.concat(
        existingFiles(jarDirectory().stream(), SHIM),
        LIBRARIES.stream()
            .flatMap(
                library ->
                    Stream.of(
                            existingFiles(directories.stream(), library),
                            Stream.of(library),
                            existingFiles(toolkits.stream(), library))
                        .flatMap(candidates -> candidates)));
  }

  private static Stream<String> existingFiles(Stream<Path> folders, String library) {
    return folders
        .map(folder -> folder.resolve(library))
        .filter(Files::isRegularFile)
        .map(file -> file.toAbsolutePath().toString());
  }

  private static Optional<Path> jarDirectory() {
    CodeSource source = NvtxRanges.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(Path.of(source.getLocation().toURI()).getParent());
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the library directories of the installed CUDA toolkits, the newest toolkit first. Every
   * version is accepted: unlike CUDA's own libraries, NVTX works across versions.
   */
  private static List<Path> toolkitFolders(Map<String, String> environment) {
    List<Path> toolkits = new ArrayList<>();
    Stream.of("CUDA_HOME", "CUDA_PATH")
        .map(environment::get)
        .filter(Objects::nonNull)
        .map(Path::of)
        .forEach(toolkits::add);
    List<Path> installed = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(INSTALLATIONS, "cuda*")) {
      found.forEach(installed::add);
    } catch (IOException e) {
      // The directory does not exist: no toolkit is installed there.
      installed.clear();
    }
    installed.sort(Collections.reverseOrder());
    toolkits.addAll(installed);
    return toolkits.stream()
        .flatMap(toolkit -> LIBRARY_FOLDERS.stream().map(toolkit::resolve))
        .toList();
  }

  private static boolean bind(String library) {
    try {
      Native.register(Functions.class, NativeLibrary.getInstance(library));
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  @Override
  public Range open(String name) {
    push(name);
    return new OpenRange();
  }

  @Override
  public Range open(String kind, Object id) {
    return open(kind + " " + id);
  }

  /** Begins a range. The profiler copies the name before the call returns. */
  private static void push(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    // Ignores the returned depth: it depends on the profiler, and Nsight Systems does not count it.
    Functions.nvtxRangePushA(Arrays.copyOf(text, text.length + 1));
  }

  private static final class OpenRange implements Range {
    private boolean inPhase;

    @Override
    public void phase(String name) {
      endPhase();
      push(name);
      inPhase = true;
    }

    @Override
    public void endPhase() {
      if (inPhase) {
        Functions.nvtxRangePop();
        inPhase = false;
      }
    }

    @Override
    public void close() {
      endPhase();
      Functions.nvtxRangePop();
    }
  }

  /**
   * The NVTX functions, bound by JNA's direct mapping: a call costs a tenth of a call through an
   * interface.
   */
  private static final class Functions {
    private Functions() {}

    /** Begins a range on the calling thread. {@code message} ends with a zero byte. */
    static native int nvtxRangePushA(byte[] message);

    /** Ends the last range that the calling thread began. */
    static native int nvtxRangePop();
  }
}
