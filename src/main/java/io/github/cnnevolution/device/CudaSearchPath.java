package io.github.cnnevolution.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directories in which CUDA's libraries are looked for, the first one that has a library wins.
 *
 * <p>The order: the directory that was named; JavaCPP's {@code platform.preloadpath}; {@code
 * LD_LIBRARY_PATH}; {@code CUDA_PATH} and {@code CUDA_HOME}; the toolkits below {@code /usr/local};
 * the system's directories; and the {@code nvidia} packages of a Python, which bring everything
 * that a PyTorch for CUDA 13 needs. Some libraries have the same soname in CUDA 12 and 13 ({@code
 * libcusparse.so.12}, {@code libcudnn.so.9}), so that a toolkit or a Python that holds another CUDA
 * is passed over as a whole.
 *
 * @param directories those that exist, without repetition
 */
record CudaSearchPath(List<Path> directories) {
  /** The property that names directories to JavaCPP, separated as in {@code LD_LIBRARY_PATH}. */
  static final String PRELOAD_PATH = "org.bytedeco.javacpp.platform.preloadpath";

  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final String RUNTIME = "libcudart.so.13";

  /** Copies the list. */
  CudaSearchPath {
    directories = List.copyOf(directories);
  }

  /** The search path of this process; {@code named} goes before everything else. */
  static CudaSearchPath ofSystem(Optional<Path> named) {
    return of(
        named,
        System.getProperty(PRELOAD_PATH, ""),
        System.getenv(),
        Path.of("/"),
        Path.of(System.getProperty("user.home")));
  }

  /** The search path on a machine whose file system begins at {@code root}. */
  static CudaSearchPath of(
      Optional<Path> named,
      String preloadPath,
      Map<String, String> environment,
      Path root,
      Path home) {
    Set<Path> found = new LinkedHashSet<>();
    named.ifPresent(directory -> found.addAll(below(directory)));
    found.addAll(split(preloadPath));
    found.addAll(split(environment.getOrDefault("LD_LIBRARY_PATH", "")));
    for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
      split(environment.getOrDefault(variable, ""))
          .forEach(directory -> addUnlessOther(found, toolkit(directory)));
    }
    Path local = root.resolve("usr/local");
    for (Path directory : newestFirst(children(local, "cuda-13*"))) {
      addUnlessOther(found, toolkit(directory));
    }
    addUnlessOther(found, toolkit(local.resolve("cuda")));
    found.addAll(system(root));
    for (Path sitePackages : pythons(environment, root, home)) {
      addUnlessOther(found, wheels(sitePackages));
    }
    return new CudaSearchPath(found.stream().filter(Files::isDirectory).toList());
  }

  /** Where a library lies, the place to try first in front. */
  List<Path> find(String soname) {
    return directories.stream()
        .map(directory -> directory.resolve(soname))
        .filter(Files::exists)
        .toList();
  }

  /**
   * Whether a directory has anything to offer: a library of CUDA 13 in one of the layouts that are
   * known.
   */
  static boolean isUseful(Path directory) {
    CudaSearchPath path = new CudaSearchPath(below(directory));
    for (CudaLibrary library : CudaLibrary.values()) {
      if (!path.find(library.soname()).isEmpty()) {
        return true;
      }
    }
    return !path.find(CudaLibrary.DRIVER).isEmpty();
  }

  /** A directory that was named may be a toolkit, a site-packages or a Python environment. */
  private static List<Path> below(Path directory) {
    List<Path> found = new ArrayList<>();
    addUnlessOther(found, toolkit(directory));
    addUnlessOther(found, wheels(directory));
    sitePackages(directory).forEach(packages -> addUnlessOther(found, wheels(packages)));
    return found;
  }

  private static List<Path> toolkit(Path directory) {
    return List.of(
        directory,
        directory.resolve("lib64"),
        directory.resolve("lib"),
        directory.resolve("targets/x86_64-linux/lib"),
        directory.resolve("extras/CUPTI/lib64"));
  }

  /** The wheels of CUDA 13 share {@code nvidia/cu13/lib}; cuDNN's and NCCL's have their own. */
  private static List<Path> wheels(Path sitePackages) {
    return children(sitePackages.resolve("nvidia"), "*").stream()
        .map(directory -> directory.resolve("lib"))
        .toList();
  }

  private static void addUnlessOther(Collection<Path> found, List<Path> place) {
    boolean isThirteen = place.stream().anyMatch(path -> Files.exists(path.resolve(RUNTIME)));
    boolean isOther =
        place.stream().anyMatch(path -> !children(path, "libcudart.so.1[0-9]").isEmpty());
    if (isThirteen || !isOther) {
      found.addAll(place);
    }
  }

  private static List<Path> system(Path root) {
    List<Path> found = new ArrayList<>();
    found.add(root.resolve("usr/lib/x86_64-linux-gnu"));
    found.add(root.resolve("usr/lib64"));
    found.add(root.resolve("usr/lib/wsl/lib"));
    configured(root, root.resolve("etc/ld.so.conf"), new LinkedHashSet<>(), found);
    return found;
  }

  /** Reads the directories that {@code ldconfig} puts into its cache; see ldconfig(8). */
  private static void configured(Path root, Path file, Set<Path> read, List<Path> found) {
    if (!read.add(file) || !Files.isReadable(file)) {
      return;
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It can vanish or be a directory: then it names nothing.
      return;
    }
    for (String line : lines) {
      String text = line.replaceFirst("#.*", "").strip();
      if (text.startsWith("include")) {
        Path pattern = root.resolve(relative(text.substring("include".length()).strip()));
        Path directory = pattern.isAbsolute() ? pattern : file.resolveSibling(pattern);
        children(directory.getParent(), directory.getFileName().toString())
            .forEach(included -> configured(root, included, read, found));
      } else if (text.startsWith("/")) {
        found.add(root.resolve(relative(text)));
      }
    }
  }

  private static String relative(String absolute) {
    return absolute.replaceFirst("^/+", "");
  }

  private static List<Path> pythons(Map<String, String> environment, Path root, Path home) {
    List<Path> found = new ArrayList<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      split(environment.getOrDefault(variable, ""))
          .forEach(directory -> found.addAll(sitePackages(directory)));
    }
    found.addAll(sitePackages(home.resolve(".local")));
    found.addAll(sitePackages(root.resolve("usr/local")));
    found.addAll(sitePackages(root.resolve("usr")));
    children(home.resolve(".pyenv/versions"), "3*")
        .forEach(version -> found.addAll(sitePackages(version)));
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
      // What is no path holds no library.
      return Optional.empty();
    }
  }

  private static List<Path> children(Path directory, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
      entries.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      // Not there or not readable: nothing can be loaded from it either.
      return List.of();
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /** By the last number of the name, so that 13.10 goes before 13.9. */
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
