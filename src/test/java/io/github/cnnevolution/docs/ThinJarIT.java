package io.github.cnnevolution.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.cnnevolution.TestJvm;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code mvn install} puts into the local repository, seen from a Maven project outside of
 * this one, {@code src/test/consumer}. The project compiles the examples of the documentation: the
 * {@code java} blocks that are whole programs, each of which is run, and the sources of the others,
 * of which the first is run; ExamplesIT runs all of them and compares them with the documents.
 */
class ThinJarIT {
  private static final String GROUP = "io/github/cnnevolution";
  private static final String EXAMPLES = GROUP + "/examples";
  private static final String SEARCH_EXAMPLE = "io.github.cnnevolution.examples.SearchExample";
  private static final String VERSION = System.getProperty("cnnevolution.version");
  private static final String JAR = "cnn-evolution-" + VERSION + ".jar";
  private static final Pattern MAIN_CLASS = Pattern.compile("public (?:final )?class (\\w+)");

  private static final Pattern CLASS_PATH = Pattern.compile("class path: (\\S+)");

  @TempDir private static Path directory;
  private static Path repository;
  private static List<Example> examples;
  private static List<Path> classPath;

  /**
   * A block of the documentation.
   *
   * @param place file and line
   * @param output what it prints, as the next block says; empty: the document does not say
   */
  private record Example(String place, String name, String source, String output) {}

  @BeforeAll
  static void installAndResolve() throws Exception {
    requireMaven();
    repository = directory.resolve("repository");
    linkAllButThisProject(
        Path.of(System.getProperty("cnnevolution.repository")), repository, Path.of(GROUP));
    install();
    examples = examples();
    Path project = directory.resolve("consumer");
    Path sources = Files.createDirectories(project.resolve("src/main/java"));
    Files.copy(Path.of("src/test/consumer/pom.xml"), project.resolve("pom.xml"));
    for (Example example : examples) {
      Files.writeString(sources.resolve(example.name() + ".java"), example.source());
    }
    Path otherExamples = Files.createDirectories(sources.resolve(EXAMPLES));
    try (Stream<Path> files = Files.list(Path.of("src/test/java", EXAMPLES))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith("Example.java")) {
          Files.copy(file, otherExamples.resolve(file.getFileName()));
        }
      }
    }
    String said = maven(project, "-q", "-Dconsumed.version=" + VERSION, "compile", "exec:exec");
    // Maven may put the sequence that resets the colour in front.
    Matcher printed = CLASS_PATH.matcher(said);
    assertTrue(printed.find(), said);
    classPath = Arrays.stream(printed.group(1).split(":", -1)).map(Path::of).toList();
  }

  /** The whole life cycle but for compiler and tests, in a directory of its own. */
  private static void install() throws Exception {
    Path copy = Files.createDirectories(directory.resolve("library"));
    copy(Path.of("pom.xml"), copy.resolve("pom.xml"));
    copy(Path.of("LICENSE"), copy.resolve("LICENSE"));
    copy(Path.of("NOTICE"), copy.resolve("NOTICE"));
    copy(Path.of(".mvn"), copy.resolve(".mvn"));
    copy(Path.of("target/classes"), copy.resolve("target/classes"));
    maven(copy, "-q", "-Dmaven.main.skip", "-Dmaven.test.skip", "install");
    assertTrue(Files.exists(copy.resolve("target/cnn-evolution.jar")), "no fat jar");
  }

  @Test
  void theInstalledJarHoldsThisProgramAlone() throws IOException {
    try (JarFile jar = new JarFile(installed().resolve(JAR).toFile())) {
      Set<String> foreign =
          jar.stream()
              .filter(entry -> !entry.isDirectory())
              .map(entry -> entry.getName())
              .filter(name -> !name.startsWith(GROUP + "/"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(
          Set.of(
              "META-INF/LICENSE",
              "META-INF/MANIFEST.MF",
              "META-INF/NOTICE",
              "META-INF/maven/io.github.cnnevolution/cnn-evolution/pom.properties",
              "META-INF/maven/io.github.cnnevolution/cnn-evolution/pom.xml"),
          foreign);
    }
  }

  @Test
  void nothingElseIsInstalled() throws IOException {
    try (Stream<Path> files = Files.list(installed())) {
      assertEquals(
          Set.of(JAR, JAR.replace(".jar", ".pom")),
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.startsWith("_"))
              .collect(Collectors.toSet()));
    }
  }

  @Test
  void theDependenciesComeAlong() {
    Set<String> names =
        classPath.stream().map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    assertTrue(names.contains(JAR), names.toString());
    for (String library : List.of("javacpp", "openblas", "pytorch")) {
      assertTrue(
          names.stream().anyMatch(name -> name.matches(library + "-.*-linux-x86_64\\.jar")),
          library + " has no natives: " + names);
    }
    for (String tool : List.of("junit", "archunit", "jqwik", "selenium", "onnxruntime", "jmh")) {
      assertTrue(names.stream().noneMatch(name -> name.contains(tool)), tool + " in " + names);
    }
  }

  @Test
  void noticeListsEveryLibraryThatTheFatJarBundles() throws IOException {
    String notice = Files.readString(Path.of("NOTICE"));
    List<String> missing = new ArrayList<>();
    for (Path file : classPath) {
      String name = file.getFileName().toString();
      if (name.endsWith(".jar") && !name.equals(JAR)) {
        String version = file.getParent().getFileName().toString();
        String artifact = file.getParent().getParent().getFileName().toString();
        if (!notice.contains("\n" + artifact + " " + version + " ")) {
          missing.add(artifact + " " + version);
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(classPath.size() > 20, classPath.toString());
  }

  @TestFactory
  Stream<DynamicTest> examplesRun() {
    assertFalse(examples.isEmpty());
    return examples.stream()
        .map(example -> DynamicTest.dynamicTest(example.place(), () -> run(example)));
  }

  private static void run(Example example) throws Exception {
    String said = java(example.name());
    if (!example.output().isEmpty()) {
      assertEquals(example.output(), said);
    }
  }

  @Test
  void theSearchOfTheReadmeRuns() throws Exception {
    Path run = directory.resolve("run");
    java(SEARCH_EXAMPLE, run.toString());
    assertTrue(Files.size(run.resolve("best_model.pt")) > 10_000_000);
  }

  private static String java(String... mainAndArguments) throws Exception {
    String path =
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        new ArrayList<>(List.of(TestJvm.executable(), TestJvm.NO_SHARED_COUNTERS, "-cp", path));
    command.addAll(List.of(mainAndArguments));
    return execute(directory, command);
  }

  private static List<Example> examples() {
    List<Example> found = new ArrayList<>();
    for (MarkdownFile file : MarkdownFile.all()) {
      List<MarkdownFile.Block> blocks = file.blocks();
      for (int i = 0; i < blocks.size(); i++) {
        MarkdownFile.Block block = blocks.get(i);
        if (block.language().equals("java")) {
          String place = file.path() + ":" + block.firstLine();
          Matcher name = MAIN_CLASS.matcher(block.text());
          if (name.find()) {
            boolean shown = i + 1 < blocks.size() && blocks.get(i + 1).language().isEmpty();
            found.add(
                new Example(
                    place, name.group(1), block.text(), shown ? blocks.get(i + 1).text() : ""));
          }
        }
      }
    }
    return found;
  }

  private static Path installed() {
    return repository.resolve(GROUP).resolve("cnn-evolution").resolve(VERSION);
  }

  private static void requireMaven() throws InterruptedException {
    try {
      new ProcessBuilder("mvn", "--version")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      abort("no mvn on the PATH; put it there to test what it installs");
    }
  }

  /**
   * Makes a local repository in which everything is a link into another one, so that nothing is
   * downloaded twice, but for this project, which is left out: the user's own repository keeps the
   * version that it has.
   */
  private static void linkAllButThisProject(Path from, Path to, Path left) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Path name = entry.getFileName();
        if (!name.equals(left.getName(0))) {
          Files.createSymbolicLink(to.resolve(name), entry.toAbsolutePath());
        } else if (left.getNameCount() > 1) {
          linkAllButThisProject(entry, to.resolve(name), left.subpath(1, left.getNameCount()));
        }
      }
    }
  }

  private static String maven(Path project, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("mvn", "-B", "-Dmaven.repo.local=" + repository));
    command.addAll(List.of(arguments));
    return execute(project, command);
  }

  private static String execute(Path working, List<String> command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(working.toFile()).redirectErrorStream(true);
    // Maven ends too soon for better compiled code.
    builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> command + "\n" + said);
    return said;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
