package io.github.cnnevolution.device;

import io.github.cnnevolution.files.UserDirectories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The directories that are searched for CUDA's libraries. The first directory that contains a
 * library wins.
 *
 * <p>The order is: the directory given by the user; JavaCPP's {@code platform.preloadpath}; {@code
 * LD_LIBRARY_PATH}; {@code CUDA_PATH} and {@code CUDA_HOME}; the toolkits below {@code /usr/local};
 * the system's directories; and the {@code nvidia} packages of a Python installation, which contain
 * everything that PyTorch for CUDA 13 needs: of the active environments, of each {@code python3} on
 * the {@code PATH}, of the user and of the system. A Conda environment also has libraries of its
 * own.
 *
 * <p>Of these places, except those given by the user, the ones with all required libraries come
 * first, so that no library is mixed with those of another place without need. Some libraries have
 * the same soname in CUDA 12 and 13 ({@code libcusparse.so.12}, {@code libcudnn.so.9}). A toolkit
 * or Python installation with another CUDA version is therefore skipped completely; such a
 * directory of the system or of {@code LD_LIBRARY_PATH} comes last.
 *
 * @param directories the existing directories, without duplicates
 */
record CudaSearchPath(List<Path> directories) {
  /**
   * The system property that gives JavaCPP its directories, separated as in {@code
   * LD_LIBRARY_PATH}.
   */
  static final String PRELOAD_PATH = "org.bytedeco.javacpp.platform.preloadpath";

  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final String RUNTIME = "libcudart.so.13";

  /** Copies the list. */
  CudaSearchPath {
    directories = List.copyOf(directories);
  }

  /** Returns the search path of this process. {@code named} comes first. */
  static CudaSearchPath ofSystem(Optional<Path> named) {
    return of(
        named,
        System.getProperty(PRELOAD_PATH, ""),
        System.getenv(),
        Path.of("/"),
        UserDirectories.homeOrTemporary());
  }

  /** Returns the search path of a machine whose file system starts at {@code root}. */
  static CudaSearchPath of(
      Optional<Path> named,
      String preloadPath,
      Map<String, String> environment,
      Path root,
      Path home) {
    List<Path> found = new ArrayList<>();
    named.ifPresent(directory -> found.addAll(libraryDirectories(directory)));
    found.addAll(split(preloadPath));
    List<List<Path>> places = new ArrayList<>();
    List<Path> last = new ArrayList<>();
    addOwnVersion(places, last, split(environment.getOrDefault("LD_LIBRARY_PATH", "")));
    for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
      split(environment.getOrDefault(variable, ""))
          .forEach(directory -> addUnlessOtherVersion(places, toolkit(directory)));
    }
    Path local = root.resolve("usr/local");
    for (Path directory : newestFirst(children(local, "cuda-13*"))) {
      addUnlessOtherVersion(places, toolkit(directory));
    }
    addUnlessOtherVersion(places, toolkit(local.resolve("cuda")));
    addOwnVersion(places, last, systemDirectories(root));
    addPythons(places, environment, root, home);
    places.stream().filter(CudaSearchPath::isComplete).forEach(found::addAll);
    places.forEach(found::addAll);
    found.addAll(last);
    return new CudaSearchPath(found.stream().distinct().filter(Files::isDirectory).toList());
  }

  /** Whether directories together have every library that LibTorch needs. */
  private static boolean isComplete(List<Path> place) {
    return Arrays.stream(CudaLibrary.values())
        .filter(CudaLibrary::isRequired)
        .allMatch(
            library ->
                place.stream()
                    .anyMatch(directory -> Files.exists(directory.resolve(library.soname()))));
  }

  /** Returns the files with this name, in the order in which to try them. */
  List<Path> find(String soname) {
    return directories.stream()
        .map(directory -> directory.resolve(soname))
        .filter(Files::exists)
        .toList();
  }

  /** Returns whether a directory contains a CUDA 13 library in one of the known layouts. */
  static boolean containsCuda13(Path directory) {
    CudaSearchPath path = new CudaSearchPath(libraryDirectories(directory));
    for (CudaLibrary library : CudaLibrary.values()) {
      if (!path.find(library.soname()).isEmpty()) {
        return true;
      }
    }
    return !path.find(CudaLibrary.DRIVER).isEmpty();
  }

  /**
   * Returns the library directories below a directory given by the user. It may be a toolkit, a
   * site-packages directory or a Python environment.
   */
  private static List<Path> libraryDirectories(Path directory) {
    List<List<Path>> places = new ArrayList<>();
    addUnlessOtherVersion(places, toolkit(directory));
    addUnlessOtherVersion(places, wheels(directory));
    sitePackages(directory).forEach(packages -> addUnlessOtherVersion(places, wheels(packages)));
    return places.stream().flatMap(List::stream).toList();
  }

  private static List<Path> toolkit(Path directory) {
    return List.of(
        directory,
        directory.resolve("lib64"),
        directory.resolve("lib"),
        directory.resolve("targets/x86_64-linux/lib"),
        directory.resolve("extras/CUPTI/lib64"));
  }

  /**
   * Returns the library directories of NVIDIA's wheels. The wheels of CUDA 13 share {@code
   * nvidia/cu13/lib}; cuDNN and NCCL have their own.
   */
  private static List<Path> wheels(Path sitePackages) {
    return children(sitePackages.resolve("nvidia"), "*").stream()
        .map(directory -> directory.resolve("lib"))
        .toList();
  }

  private static void addUnlessOtherVersion(List<List<Path>> places, List<Path> installation) {
    if (!isOtherVersion(installation)) {
      places.add(installation);
    }
  }

  /**
   * Adds directories that do not belong to one installation as a place, without those of another
   * version, which come last.
   */
  private static void addOwnVersion(
      List<List<Path>> places, List<Path> last, List<Path> directories) {
    Map<Boolean, List<Path>> other =
        directories.stream()
            .collect(Collectors.partitioningBy(directory -> isOtherVersion(List.of(directory))));
    places.add(other.get(false));
    last.addAll(other.get(true));
  }

  private static boolean isOtherVersion(List<Path> installation) {
    boolean hasCuda13 = installation.stream().anyMatch(path -> Files.exists(path.resolve(RUNTIME)));
    return !hasCuda13
        && installation.stream().anyMatch(path -> !children(path, "libcudart.so.1[0-9]").isEmpty());
  }

  private static List<Path> systemDirectories(Path root) {
    List<Path> found = new ArrayList<>();
    found.add(root.resolve("usr/lib/x86_64-linux-gnu"));
    found.add(root.resolve("usr/lib64"));
    found.add(root.resolve("usr/lib/wsl/lib"));
    addLdSoConf(root, root.resolve("etc/ld.so.conf"), new LinkedHashSet<>(), found);
    return found;
  }

  /**
   * Adds the directories that {@code ldconfig} reads from its configuration file; see ldconfig(8).
   */
  private static void addLdSoConf(Path root, Path file, Set<Path> read, List<Path> found) {
    if (!read.add(file) || !Files.isReadable(file)) {
      return;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // The file was deleted, or it is a directory: it lists nothing.
      return;
    }
    for (String line : lines) {
      String text = line.replaceFirst("#.*", "").strip();
      if (text.startsWith("include")) {
        Path pattern = root.resolve(relative(text.substring("include".length()).strip()));
        Path directory = pattern.isAbsolute() ? pattern : file.resolveSibling(pattern);
        children(directory.getParent(), directory.getFileName().toString())
            .forEach(included -> addLdSoConf(root, included, read, found));
      } else if (text.startsWith("/")) {
        found.add(root.resolve(relative(text)));
      }
    }
  }

  private static String relative(String absolute) {
    return absolute.replaceFirst("^/+", "");
  }

  private static void addPythons(
      List<List<Path>> places, Map<String, String> environment, Path root, Path home) {
    Set<Path> prefixes = new LinkedHashSet<>();
    prefixes.addAll(split(environment.getOrDefault("VIRTUAL_ENV", "")));
    prefixes.addAll(split(environment.getOrDefault("CONDA_PREFIX", "")));
    split(environment.getOrDefault("PATH", "")).forEach(bin -> prefixes.addAll(prefixes(bin)));
    prefixes.add(home.resolve(".local"));
    prefixes.add(root.resolve("usr/local"));
    prefixes.add(root.resolve("usr"));
    prefixes.addAll(children(home.resolve(".pyenv/versions"), "3*"));
    for (Path prefix : prefixes) {
      sitePackages(prefix).forEach(packages -> addUnlessOtherVersion(places, wheels(packages)));
      if (Files.isDirectory(prefix.resolve("conda-meta"))) {
        addUnlessOtherVersion(
            places, List.of(prefix.resolve("lib"), prefix.resolve("targets/x86_64-linux/lib")));
      }
    }
  }

  /**
   * Returns the prefixes of the {@code python3} in a directory: where it is, which is the
   * environment if it is that of one, and where its links lead, which is the installation.
   */
  private static List<Path> prefixes(Path bin) {
    Path python = bin.resolve("python3");
    if (!Files.isExecutable(python)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    Optional.ofNullable(bin.toAbsolutePath().normalize().getParent()).ifPresent(found::add);
    try {
      Optional.ofNullable(python.toRealPath().getParent().getParent()).ifPresent(found::add);
    } catch (IOException e) {
      // It was removed a moment ago: the directory is left.
      return found;
    }
    return found;
  }

  private static List<Path> sitePackages(Path prefix) {
    List<Path> found = new ArrayList<>();
    for (Path python : newestFirst(children(prefix.resolve("lib"), "python3*"))) {
      found.add(python.resolve("site-packages"));
      found.add(python.resolve("dist-packages"));
    }
    return found;
  }

  private static List<Path> split(String list) {
    return Arrays.stream(list.split(":", -1)).flatMap(name -> path(name).stream()).toList();
  }

  private static Optional<Path> path(String name) {
    try {
      return name.isBlank() ? Optional.empty() : Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      // A name that is not a path contains no library.
      return Optional.empty();
    }
  }

  private static List<Path> children(Path directory, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      // The directory is missing or not readable, so nothing can be loaded from it.
      return List.of();
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /** Sorts by the last number in the name, so that 13.10 comes before 13.9. */
  private static List<Path> newestFirst(List<Path> paths) {
    return paths.stream()
        .sorted(Comparator.comparingInt(CudaSearchPath::lastNumber).reversed())
        .toList();
  }

  private static int lastNumber(Path path) {
    Matcher digits = DIGITS.matcher(path.getFileName().toString());
    int last = 0;
    while (digits.find()) {
      last = Integer.parseInt(digits.group());
    }
    return last;
  }
}
