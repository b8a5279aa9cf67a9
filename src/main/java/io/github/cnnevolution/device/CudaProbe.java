package io.github.cnnevolution.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this machine has of CUDA, and whether LibTorch's GPU natives can start with it. They need
 * all of NVIDIA's libraries to be loaded at all, so this must be known before.
 *
 * @param libraries the driver's first, then the others; only what was looked at
 * @param cudaVersion that the driver supports, times 1000; 0 without a driver
 * @param devices the number of GPUs that the driver shows to this process
 * @param unavailableReason why the GPUs cannot be used, in a few words; empty if they can
 */
public record CudaProbe(
    List<CudaLibraryStatus> libraries,
    int cudaVersion,
    int devices,
    Optional<String> unavailableReason) {
  private static final Pattern MISSING = Pattern.compile("^(\\S+): cannot open shared object file");
  private static final String DRIVER_REMEDY = "the NVIDIA driver, version 580 or newer";

  /** Copies the list. */
  public CudaProbe {
    libraries = List.copyOf(libraries);
  }

  /**
   * Whether the jar brings LibTorch's GPU natives. The CPU jar does not, and then nothing of CUDA
   * is looked for.
   */
  public static boolean isInJar() {
    return CudaProbe.class.getResource("/org/bytedeco/pytorch/linux-x86_64-gpu/libjnitorch_cuda.so")
        != null;
  }

  /**
   * Whether a directory that a person names has something of CUDA 13 in a known layout.
   *
   * @param directory a toolkit, a directory of libraries, a site-packages or a Python environment
   */
  public static boolean isUseful(Path directory) {
    return CudaSearchPath.isUseful(directory);
  }

  /**
   * For a start: stops at the first unavailableReason, and loads the libraries, for good, only if
   * all are there.
   *
   * @param named where to look first
   */
  static CudaProbe prepare(Optional<Path> named) {
    return prepare(CudaSearchPath.ofSystem(named));
  }

  /** The same, on a given search path. */
  static CudaProbe prepare(CudaSearchPath path) {
    Search search = new Search(path);
    if (search.driver().isEmpty()) {
      boolean complete =
          Arrays.stream(CudaLibrary.values())
              .filter(CudaLibrary::isRequired)
              .noneMatch(library -> path.find(library.soname()).isEmpty());
      search.libraries(complete);
    }
    return search.result();
  }

  /**
   * For the doctor: tries every library, whatever else is missing. What can be loaded stays loaded.
   *
   * @param named where to look first
   */
  public static CudaProbe examine(Optional<Path> named) {
    return examine(CudaSearchPath.ofSystem(named));
  }

  /** The same, on a given search path. */
  static CudaProbe examine(CudaSearchPath path) {
    Search search = new Search(path);
    search.driver();
    search.libraries(true);
    return search.result();
  }

  /** The directories of what was found, without repetition, in the order of the search. */
  List<Path> directories(CudaSearchPath path) {
    Set<Path> used = new LinkedHashSet<>();
    libraries.forEach(finding -> finding.file().map(Path::getParent).ifPresent(used::add));
    return path.directories().stream().filter(used::contains).toList();
  }

  /** A version as people write it: 13010 is 13.1. */
  public static String version(int thousandfold) {
    return thousandfold / 1000 + "." + thousandfold % 1000 / 10;
  }

  /** The steps of one examination and what they found. */
  private static final class Search {
    private final CudaSearchPath path;
    private final DynamicLinker linker = new DynamicLinker();
    private final List<CudaLibraryStatus> findings = new ArrayList<>();
    private int cudaVersion;
    private int devices;
    private Optional<String> trouble = Optional.empty();

    Search(CudaSearchPath path) {
      this.path = path;
    }

    /** Loads and asks the driver; returns what is wrong with it. */
    Optional<String> driver() {
      CudaLibraryStatus finding = open(CudaLibrary.DRIVER, true, DRIVER_REMEDY);
      // The linker's cache knows places that no list of directories has.
      if (!finding.isLoadable() && linker.open(CudaLibrary.DRIVER).isEmpty()) {
        finding =
            new CudaLibraryStatus(
                CudaLibrary.DRIVER, Optional.empty(), true, true, "", DRIVER_REMEDY);
      }
      findings.add(finding);
      if (!finding.isLoadable()) {
        trouble = Optional.of("no NVIDIA driver (libcuda.so.1)");
        return trouble;
      }
      try {
        CudaDriver driver =
            new CudaDriver(finding.file().map(Path::toString).orElse(CudaLibrary.DRIVER));
        cudaVersion = driver.cudaVersion();
        devices = driver.devices();
        trouble = driver.unavailableReason();
      } catch (UnsatisfiedLinkError e) {
        trouble = Optional.of("libcuda.so.1 is not a CUDA driver: " + e.getMessage());
      }
      return trouble;
    }

    void libraries(boolean load) {
      for (CudaLibrary library : CudaLibrary.values()) {
        findings.add(
            load ? open(library.soname(), library.isRequired(), library.remedy()) : look(library));
      }
    }

    private CudaLibraryStatus look(CudaLibrary library) {
      List<Path> files = path.find(library.soname());
      return new CudaLibraryStatus(
          library.soname(),
          files.stream().findFirst(),
          !files.isEmpty(),
          library.isRequired(),
          files.isEmpty() ? "not found" : "",
          library.remedy());
    }

    /** Takes the first file that can be loaded; tells of the first one if none can. */
    private CudaLibraryStatus open(String soname, boolean required, String remedy) {
      Optional<Path> first = Optional.empty();
      String words = "not found";
      for (Path file : path.find(soname)) {
        Optional<String> error = linker.open(file);
        if (error.isEmpty()) {
          return new CudaLibraryStatus(soname, Optional.of(file), true, required, "", remedy);
        }
        if (first.isEmpty()) {
          first = Optional.of(file);
          words = error.get();
        }
      }
      String needed =
          missing(words).flatMap(CudaLibrary::of).map(CudaLibrary::remedy).orElse(remedy);
      return new CudaLibraryStatus(soname, first, false, required, words, needed);
    }

    /** The library that the linker did not find, where that was the trouble. */
    private static Optional<String> missing(String words) {
      Matcher matcher = MISSING.matcher(words);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    CudaProbe result() {
      Optional<String> unavailableReason = trouble.isPresent() ? trouble : unusable();
      return new CudaProbe(findings, cudaVersion, devices, unavailableReason);
    }

    /** The libraries that are missing, in a few words. */
    private Optional<String> unusable() {
      List<CudaLibraryStatus> obstacles =
          findings.stream().filter(CudaLibraryStatus::isObstacle).toList();
      if (obstacles.isEmpty()) {
        return Optional.empty();
      }
      CudaLibraryStatus first = obstacles.get(0);
      String more = obstacles.size() == 1 ? "" : " and %d more".formatted(obstacles.size() - 1);
      String words = first.file().isEmpty() ? "not found" : "cannot be loaded";
      return Optional.of("%s%s %s".formatted(first.soname(), more, words));
    }
  }
}
