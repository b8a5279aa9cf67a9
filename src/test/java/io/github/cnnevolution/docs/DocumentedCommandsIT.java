package io.github.cnnevolution.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.cli.CommandLoop;
import io.github.cnnevolution.testing.Pictures;
import io.github.cnnevolution.testing.QuickStart;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command in an {@code sh} block of the documentation. The program's own are run by a shell
 * as they stand, except for {@link #SMALL} and {@link #ADDED}, which make them small. What cannot
 * run here is checked as far as it goes, and stands in {@link #CHECKED} with the reason. A command
 * of any other kind fails.
 *
 * <p>They run in the order of the documents in one directory, which has what the documentation
 * speaks of: a finished run in {@code runs/first}, pictures, chromosome files. A command that has
 * run already for another document is not run again. Of the program's own the first of each name
 * runs in a process of its own, the others in one that has loaded LibTorch: see {@link
 * CommandLoop}.
 */
class DocumentedCommandsIT {
  private static final String PROGRAM = "java -jar target/cnn-evolution.jar";

  /** Its options are those of the other jar, which runs in its place: there is no GPU here. */
  private static final String GPU_PROGRAM = "java -jar target/cnn-evolution-gpu.jar";

  /** Values of costly options, in place of those in the document. */
  private static final Map<String, String> SMALL =
      Map.of(
          "--pop_size", "2",
          "--generations", "2",
          "--evaluations", "2",
          "--epochs", "1",
          "--seeds", "2",
          "--dashboard", "--dashboard=0");

  private static final List<String> ONE_STEP =
      List.of("--epochs", "1", "--train_limit", "20", "--batch_size", "10");

  /** Of the two smallest networks. */
  private static final List<String> ONE_GENERATION =
      List.of("--pop_size", "2", "--generations", "1", "--seed_population", "chromosomes.txt");

  /** A few images in place of CIFAR-100, which would be downloaded, and of the synthetic ones. */
  private static final List<String> FEW_IMAGES = List.of("--data", "cifar-100-binary");

  /** Options that a command gets in addition, unless the document gives them. */
  private static final Map<String, List<List<String>>> ADDED =
      Map.of(
          "evolve", List.of(ONE_STEP, ONE_GENERATION, FEW_IMAGES),
          "evaluate", List.of(ONE_STEP, FEW_IMAGES),
          "train", List.of(ONE_STEP, FEW_IMAGES));

  /**
   * What a command that is not run begins with, the reason, and what is checked in its place. The
   * first that fits counts.
   */
  private static final List<Checked> CHECKED =
      List.of(
          new Checked(
              PROGRAM + " download",
              "needs the network; Cifar100DownloadTest downloads from a server of its own",
              DocumentedCommandsIT::optionsParse),
          new Checked(
              GPU_PROGRAM + " evolve --workers_per_gpu 16",
              "is refused where there is no GPU; SchedulingOnRecorder runs such searches",
              DocumentedCommandsIT::optionsParse),
          new Checked(
              GPU_PROGRAM + " devices --tune",
              "is refused where there is no GPU; WorkersOnRecorder runs it",
              DocumentedCommandsIT::optionsParse),
          new Checked(
              "spark-submit ",
              "needs Spark; SparkIT runs it on a cluster of its own",
              DocumentedCommandsIT::sparkOptionsParse),
          new Checked(
              "java -Dspark.executor.cores=4 -jar",
              "needs a cluster; SparkIT runs it on one",
              DocumentedCommandsIT::sparkOptionsParse),
          new Checked(
              "mvn ",
              "builds this project, while its tests run",
              DocumentedCommandsIT::mavenKnowsItsParts),
          new Checked(
              "java -jar target/benchmarks.jar",
              "needs the benchmarks' jar; benchmarks/smoke_test.sh runs each in CI and asks JMH for"
                  + " those that the documents name",
              DocumentedCommandsIT::benchmarksExist),
          new Checked(
              "java -javaagent:target/benchmarks.jar",
              "needs the benchmarks' jar; benchmarks/smoke_test.sh runs it in CI",
              DocumentedCommandsIT::smokeTestRunsIt),
          new Checked(
              "java -cp target/benchmarks.jar",
              "needs the benchmarks' jar and a table that is not part of this project",
              DocumentedCommandsIT::programExists),
          new Checked(
              "benchmarks/smoke_test.sh", "is run by .ci/run", DocumentedCommandsIT::ciRunsIt),
          new Checked(
              "P='python3 evolution.py",
              "sets a variable for the next commands: the Python program is not part of this"
                  + " project",
              command -> {}),
          new Checked(
              "benchmarks/",
              "takes long, and one of them needs the Python program",
              DocumentedCommandsIT::scriptKnowsItsOptions),
          new Checked(
              "native-config/nsight/",
              "needs a GPU and Nsight; NsightScriptsTest runs it with a stand-in",
              DocumentedCommandsIT::scriptKnowsItsOptions),
          new Checked("ssh -L 8765:127.0.0.1:8765 machine", "needs another machine", command -> {}),
          new Checked(
              "sqlite3 ",
              "the tool may be absent; JDBC runs the statement",
              DocumentedCommandsIT::statementRuns));

  /** What only a shell understands, and an option that starts this process again. */
  private static final Pattern NOT_IN_THE_LOOP = Pattern.compile("[^\\w ./:,=+-]|--supervise");

  /** Of the commands that a shell has run. */
  private static final Set<String> NAMES_RUN = new HashSet<>();

  @TempDir private static Path directory;
  private static Path world;
  private static Path wrapper;
  private static Process loop;
  private static DataInputStream answers;
  private static PrintWriter lines;

  private final Set<String> done = new HashSet<>();

  private interface Check {
    void check(String command) throws Exception;
  }

  private record Checked(String beginning, String reason, Check check) {}

  /** A command, without its comment, and where it stands. */
  private record Documented(MarkdownFile file, int line, String command) {}

  @BeforeAll
  static void makeTheWorld() throws Exception {
    Path jar = Path.of(System.getProperty("cnnevolution.jar")).toAbsolutePath();
    world = Files.createDirectories(directory.resolve("world"));
    Path target = Files.createDirectories(world.resolve("target"));
    Files.createSymbolicLink(target.resolve("cnn-evolution.jar"), jar);
    Files.createSymbolicLink(target.resolve("cnn-evolution-gpu.jar"), jar);
    // As the tests start it, so that a process that is over soon starts sooner.
    wrapper = Files.createDirectories(directory.resolve("bin"));
    Path java = wrapper.resolve("java");
    Files.writeString(
        java,
        "#!/bin/sh\nexec '%s' %s %s \"$@\"\n"
            .formatted(
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                String.join(" ", QuickStart.flags())));
    assertTrue(java.toFile().setExecutable(true));
    Pictures.fill(world.resolve("flowers/train"), List.of("rose", "tulip"), 10);
    Pictures.fill(world.resolve("flowers/val"), List.of("rose", "tulip"), 2);
    Pictures.fill(world.resolve("flowers/test"), List.of("rose", "tulip"), 2);
    for (String picture : List.of("picture.jpg", "cat.png", "holiday/1.jpg", "holiday/2.jpg")) {
      Pictures.write(world.resolve(picture), 40, 30, 0.5f, 1);
    }
    writeCifar(world.resolve("cifar-100-binary/train.bin"), 200);
    writeCifar(world.resolve("cifar-100-binary/test.bin"), 20);
    Files.createSymbolicLink(world.resolve("src"), Path.of("src").toAbsolutePath());
    startLoop(java);
    String chromosomes = "00000000000000000000\n00001000000010000000\n";
    Files.writeString(world.resolve("chromosomes.txt"), chromosomes);
    Files.writeString(world.resolve("names.txt"), chromosomes);
    Files.writeString(world.resolve("six.txt"), chromosomes);
    run(small(PROGRAM + " evolve --top_k 2 --out runs/first"), 0);
    for (String copy : List.of("second", "third")) {
      copy(world.resolve("runs/first"), world.resolve("runs").resolve(copy));
    }
  }

  private static void startLoop(Path java) throws IOException {
    String classes =
        Path.of("target/test-classes").toAbsolutePath() + File.pathSeparator + QuickStart.jarFile();
    // Not on standard output: there Java says that the archive of classes is of another class path.
    loop =
        environment(
                new ProcessBuilder(
                    "bash",
                    "-c",
                    "exec \"$@\" 3>&1 >&2",
                    "bash",
                    java.toString(),
                    "-cp",
                    classes,
                    CommandLoop.class.getName(),
                    "/dev/fd/3"))
            .redirectError(directory.resolve("loop.txt").toFile())
            .start();
    answers = new DataInputStream(loop.getInputStream());
    lines = new PrintWriter(loop.outputWriter(StandardCharsets.UTF_8), true);
  }

  @AfterAll
  static void endLoop() throws Exception {
    if (loop != null) {
      lines.close();
      assertEquals(0, loop.waitFor(), Files.readString(directory.resolve("loop.txt")));
    }
  }

  /** Records of CIFAR-100's binary version: coarse label, fine label, pixels. */
  private static void writeCifar(Path file, int images) throws IOException {
    int record = 2 + 3 * 32 * 32;
    byte[] bytes = new byte[images * record];
    for (int i = 0; i < images; i++) {
      Arrays.fill(bytes, i * record, (i + 1) * record, (byte) (i % 7));
      bytes[i * record] = 0;
      bytes[i * record + 1] = (byte) (i % 10);
    }
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  @TestFactory
  Stream<DynamicTest> everyCommandWorks() {
    List<DynamicTest> tests = new ArrayList<>();
    for (MarkdownFile file : MarkdownFile.all()) {
      for (Documented documented : commands(file)) {
        tests.add(
            DynamicTest.dynamicTest(
                file.path() + ":" + documented.line() + " " + documented.command(),
                () -> check(documented)));
      }
    }
    assertTrue(tests.size() > 50, "only " + tests.size() + " commands were found");
    return tests.stream();
  }

  private static List<Documented> commands(MarkdownFile file) {
    List<Documented> commands = new ArrayList<>();
    for (MarkdownFile.Block block : file.blocks()) {
      if (block.language().equals("sh")) {
        for (int i = 0; i < block.lines().size(); i++) {
          String line = block.lines().get(i).replaceFirst("(^|\\s+)#.*$", "").strip();
          for (String command : line.split(" && ", -1)) {
            if (!command.isEmpty()) {
              commands.add(new Documented(file, block.firstLine() + i, command.strip()));
            }
          }
        }
      }
    }
    return commands;
  }

  private void check(Documented documented) throws Exception {
    String command = documented.command();
    for (Checked checked : CHECKED) {
      if (command.startsWith(checked.beginning())) {
        checked.check().check(command);
        return;
      }
    }
    if (!isProgram(command)) {
      fail("no rule for this command: run it, or list it in CHECKED with the reason");
    }
    if (done.add(command)) {
      run(small(command), 0);
    }
  }

  private static boolean isProgram(String command) {
    return command.startsWith(PROGRAM) || command.startsWith(GPU_PROGRAM);
  }

  /** The same command with little to compute. */
  private static String small(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" +", -1)));
    for (int i = 3; i < words.size(); i++) {
      String value = SMALL.get(words.get(i));
      if (value != null) {
        words.set(value.startsWith("--") ? i : i + 1, value);
      }
    }
    String name = name(words);
    if (words.contains("--resume")) {
      return String.join(" ", words);
    }
    for (List<String> options : ADDED.getOrDefault(name, List.of())) {
      for (int i = 0; i < options.size(); i += 2) {
        // The data of a search's best network are those of the search; the seeds are plain; other
        // algorithms have no generations.
        boolean given =
            words.contains(options.get(i))
                || (options.get(i).equals("--data") && words.contains("--best"))
                || (options.get(i).equals("--seed_population") && words.contains("--space"))
                || (options.get(i).equals("--generations") && words.contains("--algorithm"));
        if (!given) {
          words.addAll(options.subList(i, i + 2));
        }
      }
    }
    String all = String.join(" ", words);
    // A training of one epoch has no part after which it could be stopped.
    return words.contains("--early_stopping") ? all.replace("--epochs 1", "--epochs 2") : all;
  }

  /** The command of the program; without one it is {@code evolve}. */
  private static String name(List<String> words) {
    boolean named = words.size() > 3 && !words.get(3).startsWith("-");
    return named ? words.get(3) : "evolve";
  }

  private static ProcessBuilder environment(ProcessBuilder builder) {
    builder.environment().merge("PATH", wrapper.toString(), (path, bin) -> bin + ":" + path);
    builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
    return builder.directory(world.toFile());
  }

  private static String run(String command, int code) throws Exception {
    List<String> words = List.of(command.split(" +", -1));
    boolean byShell =
        !isProgram(command)
            || NOT_IN_THE_LOOP.matcher(command).find()
            || NAMES_RUN.add(name(words));
    return byShell ? runByShell(command, code) : runInLoop(words, code);
  }

  private static String runInLoop(List<String> words, int code) throws Exception {
    lines.println(String.join(" ", words.subList(3, words.size())));
    int ended = answers.readInt();
    String said = new String(answers.readNBytes(answers.readInt()), StandardCharsets.UTF_8);
    assertEquals(code, ended, () -> words + "\n" + said);
    return said;
  }

  private static String runByShell(String command, int code) throws Exception {
    Process process =
        environment(new ProcessBuilder("bash", "-c", command)).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(code, process.waitFor(), () -> command + "\n" + said);
    return said;
  }

  /**
   * Arguments are read from left to right: an unknown one at the end is named if the others are
   * known.
   */
  private static void optionsParse(String command) throws Exception {
    String said = run(command + " --no_such_option", 2);
    assertTrue(said.contains("'--no_such_option'"), said);
  }

  /** What follows the jar are options of this program. */
  private static void sparkOptionsParse(String command) throws Exception {
    optionsParse(PROGRAM + command.replaceFirst(".* \\S*cnn-evolution(-gpu)?\\.jar", ""));
  }

  private static void mavenKnowsItsParts(String command) throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    for (String word : command.substring("mvn ".length()).split(" ", -1)) {
      if (word.startsWith("-P")) {
        for (String profile : word.substring(2).split(",", -1)) {
          assertTrue(pom.contains("<id>" + profile + "</id>"), profile);
        }
      } else if (word.matches("-D(it\\.)?test=.*")) {
        String name = word.substring(word.indexOf('=') + 1);
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
          assertTrue(name.equals("none") || files.anyMatch(f -> f.endsWith(name + ".java")), name);
        }
      } else {
        assertTrue(
            Set.of(
                    "-B",
                    "-q",
                    "-DskipTests",
                    "-Dsurefire.failIfNoSpecifiedTests=false",
                    "package",
                    "install",
                    "test",
                    "verify",
                    "spotless:apply")
                .contains(word),
            word + " in " + command);
      }
    }
  }

  private static void programExists(String command) {
    String name = command.split(" ", -1)[3].replace('.', '/');
    assertTrue(Files.exists(Path.of("benchmarks/src/main/java", name + ".java")), command);
  }

  private static void benchmarksExist(String command) throws IOException {
    String smokeTest = Files.readString(Path.of("benchmarks/smoke_test.sh"));
    assertTrue(smokeTest.contains("target/benchmarks.jar"), command);
  }

  private static void smokeTestRunsIt(String command) throws IOException {
    Matcher main = Pattern.compile("-cp \\S+ (\\S+) ").matcher(command);
    assertTrue(main.find(), command);
    assertTrue(
        Files.readString(Path.of("benchmarks/smoke_test.sh")).contains(main.group(1)), command);
  }

  private static void ciRunsIt(String command) throws IOException {
    assertTrue(
        Files.readString(Path.of(".ci/run")).lines().anyMatch(l -> l.strip().equals(command)));
  }

  /** What follows {@code --} are options of {@code evaluate}. */
  private static void scriptKnowsItsOptions(String command) throws Exception {
    String[] parts = command.split(" -- ", 2);
    String[] words = parts[0].split(" ", -1);
    Path script = Path.of(words[0]);
    assertTrue(Files.isExecutable(script), script.toString());
    String text = Files.readString(script);
    for (String word : words) {
      assertTrue(!word.startsWith("-") || text.contains(word), word);
    }
    if (parts.length == 2) {
      optionsParse(PROGRAM + " evaluate " + parts[1]);
    }
  }

  private static void statementRuns(String command) throws Exception {
    Matcher matcher = Pattern.compile("sqlite3 (\\S+) \"(.*)\"").matcher(command);
    assertTrue(matcher.matches(), command);
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + world.resolve(matcher.group(1)));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(matcher.group(2))) {
      assertTrue(rows.next(), command);
    }
  }

  @Test
  void everyOptionIsInTheManual() throws Exception {
    String manual = MarkdownFile.read(Path.of("src/docs/commands.md")).text();
    String all =
        MarkdownFile.all().stream().map(MarkdownFile::text).collect(Collectors.joining("\n"));
    Pattern option = Pattern.compile("--([a-z][a-z0-9_]*)");
    Set<String> known = new TreeSet<>(Set.of("help", "version"));
    Set<String> missing = new TreeSet<>();
    List<String> names =
        run(PROGRAM + " --help", 0)
            .lines()
            .takeWhile(line -> !line.startsWith("COMMAND"))
            .filter(line -> line.matches("  [a-z]+ +[A-Z].*"))
            .map(line -> line.strip().replaceFirst(" .*", ""))
            .toList();
    assertTrue(names.size() >= 10, names.toString());
    for (String name : names) {
      assertTrue(manual.contains("`" + name), name + " is not in the manual");
      run(PROGRAM + " " + name + " --help", 0)
          .lines()
          .filter(line -> line.startsWith(" --"))
          .forEach(
              line -> {
                Matcher matcher = option.matcher(line);
                assertTrue(matcher.find(), line);
                known.add(matcher.group(1));
                if (!all.contains("--" + matcher.group(1))) {
                  missing.add(name + " --" + matcher.group(1));
                }
              });
    }
    assertEquals(Set.of(), missing);
    Set<String> unknown =
        manual
            .lines()
            .filter(line -> line.startsWith("| `--"))
            .map(line -> line.split("\\|", -1)[1])
            .flatMap(cell -> option.matcher(cell).results())
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertFalse(unknown.isEmpty());
    unknown.removeAll(known);
    assertEquals(Set.of(), unknown);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }
}
