package io.github.cnnevolution.device;

import io.github.cnnevolution.text.Text;
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
 * The CUDA installation of this machine, and whether LibTorch's GPU natives can be loaded with it.
 * The natives load only if all required NVIDIA libraries are present, so the program checks first.
 *
 * @param libraries the libraries that were checked, the driver's first
 * @param cudaVersion the CUDA version that the driver supports, times 1000; 0 without a driver
 * @param devices the number of GPUs that the driver reports to this process
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
   * Returns whether the jar contains LibTorch's GPU natives. The CPU jar does not contain them and
   * never searches for CUDA.
   */
  public static boolean isInJar() {
    return CudaProbe.class.getResource("/org/bytedeco/pytorch/linux-x86_64-gpu/libjnitorch_cuda.so")
        != null;
  }

  /**
   * Returns whether a directory given by the user contains CUDA 13 libraries in a known layout.
   *
   * @param directory a toolkit, a directory of libraries, a site-packages or a Python environment
   */
  public static boolean containsCuda13(Path directory) {
    return CudaSearchPath.containsCuda13(directory);
  }

  /**
   * Checks CUDA at program start. Stops at the first problem, and loads the libraries only if all
   * required ones are present. Loaded libraries are never unloaded.
   *
   * @param named the directory to search first
   */
  static CudaProbe prepare(Optional<Path> named) {
    return prepare(CudaSearchPath.ofSystem(named));
  }

  /** Checks CUDA at program start, with a given search path. */
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
   * Tries every library, even after a problem; {@code devices} shows the results. Loaded libraries
   * are never unloaded.
   *
   * @param named the directory to search first
   */
  public static CudaProbe diagnose(Optional<Path> named) {
    return diagnose(CudaSearchPath.ofSystem(named));
  }

  /** Tries every library, with a given search path. */
  static CudaProbe diagnose(CudaSearchPath path) {
    Search search = new Search(path);
    search.driver();
    search.libraries(true);
    return search.result();
  }

  /** Returns the directories in which libraries were found, without duplicates, in search order. */
  List<Path> directories(CudaSearchPath path) {
    Set<Path> used = new LinkedHashSet<>();
    libraries.forEach(library -> library.file().map(Path::getParent).ifPresent(used::add));
    return path.directories().stream().filter(used::contains).toList();
  }

  /** Formats a version that is given times 1000: 13010 becomes 13.1. */
  public static String version(int timesThousand) {
    return timesThousand / 1000 + "." + timesThousand % 1000 / 10;
  }

  /** The steps of one check and their results. */
  private static final class Search {
    private final CudaSearchPath path;
    private final DynamicLinker linker = new DynamicLinker();
    private final List<CudaLibraryStatus> statuses = new ArrayList<>();
    private int cudaVersion;
    private int devices;
    private Optional<String> driverProblem = Optional.empty();

    Search(CudaSearchPath path) {
      this.path = path;
    }

    /** Loads and queries the driver. Returns the problem with it, if any. */
    Optional<String> driver() {
      CudaLibraryStatus status = open(CudaLibrary.DRIVER, true, DRIVER_REMEDY);
      // The dynamic linker's cache may list directories that the search path lacks.
      if (!status.isLoadable() && linker.open(CudaLibrary.DRIVER).isEmpty()) {
        status =
            new CudaLibraryStatus(
                CudaLibrary.DRIVER, Optional.empty(), true, true, "", DRIVER_REMEDY);
      }
      statuses.add(status);
      if (!status.isLoadable()) {
        driverProblem = Optional.of("no NVIDIA driver (libcuda.so.1)");
        return driverProblem;
      }
      try {
        CudaDriver driver =
            new CudaDriver(status.file().map(Path::toString).orElse(CudaLibrary.DRIVER));
        cudaVersion = driver.cudaVersion();
        devices = driver.devices();
        driverProblem = driver.unavailableReason();
      } catch (UnsatisfiedLinkError e) {
        driverProblem = Optional.of("libcuda.so.1 is not a CUDA driver: " + e.getMessage());
      }
      return driverProblem;
    }

    void libraries(boolean load) {
      for (CudaLibrary library : CudaLibrary.values()) {
        statuses.add(
            load
                ? open(library.soname(), library.isRequired(), library.remedy())
                : locate(library));
      }
    }

    private CudaLibraryStatus locate(CudaLibrary library) {
      List<Path> files = path.find(library.soname());
      return new CudaLibraryStatus(
          library.soname(),
          files.stream().findFirst(),
          !files.isEmpty(),
          library.isRequired(),
          files.isEmpty() ? "not found" : "",
          library.remedy());
    }

    /**
     * Loads the first file that can be loaded. If none can, reports the error of the first file.
     */
    private CudaLibraryStatus open(String soname, boolean required, String remedy) {
      Optional<Path> first = Optional.empty();
      String problem = "not found";
      for (Path file : path.find(soname)) {
        Optional<String> error = linker.open(file);
        if (error.isEmpty()) {
          return new CudaLibraryStatus(soname, Optional.of(file), true, required, "", remedy);
        }
        if (first.isEmpty()) {
          first = Optional.of(file);
          problem = error.get();
        }
      }
      String installation =
          missingDependency(problem)
              .flatMap(CudaLibrary::of)
              .map(CudaLibrary::remedy)
              .orElse(remedy);
      return new CudaLibraryStatus(soname, first, false, required, problem, installation);
    }

    /** Returns the library that the linker could not find, if the error names one. */
    private static Optional<String> missingDependency(String error) {
      Matcher matcher = MISSING.matcher(error);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    CudaProbe result() {
      Optional<String> unavailableReason =
          driverProblem.isPresent() ? driverProblem : libraryProblem();
      return new CudaProbe(statuses, cudaVersion, devices, unavailableReason);
    }

    /**
     * Returns a short description of the required libraries that cannot be loaded, or empty if all
     * can.
     */
    private Optional<String> libraryProblem() {
      List<CudaLibraryStatus> obstacles =
          statuses.stream().filter(CudaLibraryStatus::isObstacle).toList();
      if (obstacles.isEmpty()) {
        return Optional.empty();
      }
      CudaLibraryStatus first = obstacles.get(0);
      String more = obstacles.size() == 1 ? "" : Text.format(" and %d more", obstacles.size() - 1);
      String problem = first.file().isEmpty() ? "not found" : "cannot be loaded";
      return Optional.of(Text.format("%s%s %s", first.soname(), more, problem));
    }
  }
}
