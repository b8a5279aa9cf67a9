package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.cnnevolution.engine.OwnSearch;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.testing.QuickStart;
import io.github.cnnevolution.testing.SparkStandalone;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches whose candidates are trained by a real cluster: what this machine finds, they find. */
class SparkIT {
  private static final String SEARCH =
      "--data synthetic --train_limit 60 --epochs 2 --batch_size 20 --pop_size 8 --generations 2"
          + " --mutation_rate 0.3 --seed 4 --max_flops 40M";

  /** What Spark needs of a Java machine that it does not start itself. */
  private static final List<String> OPENED =
      Stream.of("java.lang", "java.nio", "sun.nio.ch", "java.util")
          .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
          .toList();

  /**
   * Loaded classes of driver and executors, as QuickStart has them. The starts of Java are most of
   * what these runs take.
   */
  private static final Path DRIVER = Path.of("target", "spark-driver.jsa").toAbsolutePath();

  private static final Path EXECUTOR = Path.of("target", "spark-executor.jsa").toAbsolutePath();
  private static final String USED = "SharedArchiveFile";

  private static SparkStandalone cluster;
  private static Found local;

  @TempDir private static Path shared;
  @TempDir private Path directory;

  /**
   * What a run has found.
   *
   * @param evaluations by network and part of its training: number, fitness, objectives, curve
   * @param facts of best_chromosome.json that do not tell the time
   * @param model content of best_model.pt
   */
  private record Found(
      Map<String, String> evaluations, Map<String, JsonNode> facts, ByteBuffer model) {
    static Found in(Path run) throws Exception {
      Map<String, String> evaluations = new TreeMap<>();
      try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"))) {
        store.forEach(
            stored -> {
              Evaluation evaluation = stored.evaluation();
              String before =
                  evaluations.put(
                      evaluation.job().architecture().phenotype()
                          + " "
                          + evaluation.trainedFraction(),
                      List.of(
                              evaluation.job(),
                              evaluation.fitness(),
                              evaluation.objectives(),
                              evaluation.curve(),
                              stored.key(),
                              stored.device())
                          .toString());
              assertEquals(null, before, "a network is there twice");
            });
      }
      JsonNode root = new ObjectMapper().readTree(run.resolve("best_chromosome.json").toFile());
      Map<String, JsonNode> facts = new TreeMap<>();
      for (String key :
          List.of("chromosome", "fitness", "test_accuracy", "generations", "trainings")) {
        facts.put(key, root.path(key));
      }
      return new Found(
          evaluations, facts, ByteBuffer.wrap(Files.readAllBytes(run.resolve("best_model.pt"))));
    }
  }

  @BeforeAll
  static void startClusterAndSearchHere() throws Exception {
    RunProcess here =
        Launch.jar()
            .start(shared, ("evolve " + SEARCH + " --workers 2 --out local").split(" ", -1));
    cluster = SparkStandalone.start(shared);
    cluster.startWorker(3);
    archiveClasses();
    here.endsWith(0);
    local = Found.in(shared.resolve("local"));
    assertTrue(local.evaluations().size() > 8, "enough to kill: " + local.evaluations().size());
  }

  /**
   * On a busy machine a worker ends its executor before the archive is written: it goes without.
   */
  private static void archiveClasses() throws Exception {
    if (QuickStart.isOfTheJar(EXECUTOR)) {
      return;
    }
    Files.deleteIfExists(DRIVER);
    Files.deleteIfExists(EXECUTOR);
    String shortest =
        SEARCH.replace("--pop_size 8 --generations 2", "--pop_size 2 --generations 1");
    launch(1, List.of(), "ArchiveClassesAtExit")
        .start(shared, words("evolve " + shortest + " --out first").toArray(String[]::new))
        .endsWith(0);
    while (!cluster.executors().isEmpty()) {
      Thread.sleep(50);
    }
  }

  @AfterAll
  static void stopCluster() throws Exception {
    cluster.close();
  }

  /** The program with Spark's options, started as {@code java -jar}. */
  private RunProcess start(int executors, List<String> options, String arguments) throws Exception {
    return launch(executors, options)
        .start(directory, words("evolve " + arguments).toArray(String[]::new));
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(cluster.options());
    return words;
  }

  private static Launch launch(int executors, List<String> options) {
    return launch(executors, options, USED);
  }

  /**
   * The program with Spark's options.
   *
   * @param archive what Java does with the archives of classes
   */
  private static Launch launch(int executors, List<String> options, String archive) {
    return Launch.unarchivedJar()
        .environment("SPARK_LOCAL_IP", "127.0.0.1")
        .flag(
            "-Dspark.cores.max=" + executors,
            "-Dspark.executor.cores=1",
            "-Dspark.executor.memory=512m",
            "-XX:" + archive + "=" + DRIVER,
            "-Xlog:disable",
            "-Dspark.executor.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
                + " -Xlog:disable -XX:"
                + archive
                + "="
                + EXECUTOR,
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.ui.enabled=false",
            // A busy machine takes its time.
            "-Dspark.cnnEvolution.executorTimeout=10m")
        .flag(options.toArray(String[]::new));
  }

  private RunProcess start(int executors, String arguments) throws Exception {
    return start(executors, List.of(), arguments);
  }

  private Path run() {
    return directory.resolve("run");
  }

  private static Set<String> workers(Path run) {
    Set<String> workers = new TreeSet<>();
    SearchSpaces spaces = SpaceFile.builtIn().with(new ResidualTestSpace());
    try (EvaluationStore store = EvaluationStore.openToRead(run.resolve("run.db"), spaces)) {
      store.forEach(stored -> workers.add(stored.evaluation().worker()));
    }
    return workers;
  }

  @Test
  void oneExecutorOfSparkSubmitFindsWhatThisMachineFinds() throws Exception {
    List<String> flags = new ArrayList<>(OPENED);
    flags.addAll(Launch.jar().flags());
    Launch submit =
        new Launch(
            flags,
            List.of(
                "-cp",
                cluster.sparkHome().resolve("jars") + "/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                cluster.url(),
                "--class",
                Main.class.getName(),
                "--executor-cores",
                "1",
                "--total-executor-cores",
                "1",
                "--executor-memory",
                "512m",
                "--conf",
                "spark.executor.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:SharedArchiveFile="
                    + EXECUTOR,
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.cnnEvolution.executorTimeout=10m",
                "local:" + QuickStart.jarFile()),
            Map.of("SPARK_LOCAL_IP", "127.0.0.1", "LC_ALL", "C.UTF-8"));
    RunProcess process =
        submit.start(directory, ("evolve --executor spark --out run " + SEARCH).split(" ", -1));
    process.endsWith(0);
    assertTrue(
        process.text().contains("; 1 executor on 1 host, 1 candidate at a time"), process.text());
    JsonNode best = new ObjectMapper().readTree(run().resolve("best_chromosome.json").toFile());
    assertTrue(best.at("/config/workers").isNull(), "not of this machine: " + best.at("/config"));
    assertEquals(local, Found.in(run()));
    // Results may come before the news that the one before has ended: then there is a second place.
    assertTrue(
        workers(run()).stream().allMatch(name -> name.startsWith("127.0.0.1/0-")),
        workers(run()).toString());
  }

  @Test
  void threeExecutorsFindTheSameAlthoughTheyAndAWorkerAreKilled() throws Exception {
    long seed = System.nanoTime();
    System.out.println("threeExecutors: seed " + seed);
    Random random = new Random(seed);
    Process second = cluster.startWorker(1);
    RunProcess process = start(4, SEARCH + " --out run");
    Set<Long> killed = new TreeSet<>();
    // The first has loaded everything and is in the middle of a candidate.
    process.awaitStored(run(), 1);
    SparkStandalone.killAll(second);
    for (int i = 0; i < 3 && process.process().isAlive(); i++) {
      List<ProcessHandle> executors = cluster.executors();
      if (!executors.isEmpty()) {
        ProcessHandle one = executors.get(random.nextInt(executors.size()));
        one.destroyForcibly();
        killed.add(one.pid());
      }
      process.awaitStored(run(), 3L + 2L * i);
    }
    process.endsWith(0);
    assertEquals(3, killed.size());
    assertEquals(local, Found.in(run()));
  }

  /** Checkpoints go from executor to executor. */
  @Test
  @Tag("nightly")
  void trainingsThatAreStoppedEarlyOrGoOnFindTheSame() throws Exception {
    String search =
        "--algorithm steady --evaluations 9 --lookahead 4 --early_stopping --epochs 5"
            + " --data synthetic --train_limit 60 --batch_size 20 --seed 2"
            + " --space residual --fix block=residual --max_flops 20M";
    Launch.jar()
        .start(directory, ("evolve " + search + " --workers 2 --out here").split(" ", -1))
        .endsWith(0);
    // The application begins when both executors are there, as by default on YARN.
    start(2, List.of("-Dspark.scheduler.minRegisteredResourcesRatio=1"), search + " --out run")
        .endsWith(0);
    Found here = Found.in(directory.resolve("here"));
    assertTrue(
        here.evaluations().keySet().stream().anyMatch(key -> key.endsWith(" 1.0")), "none went on");
    assertTrue(
        here.evaluations().keySet().stream().anyMatch(key -> key.endsWith(" 0.2")), "none stopped");
    assertEquals(here, Found.in(run()));
    assertTrue(Files.notExists(run().resolve("rungs")));
  }

  @Test
  @Tag("nightly")
  void aKilledRunGoesOnElsewhere() throws Exception {
    RunProcess onCluster = start(2, SEARCH + " --out run");
    onCluster.awaitStored(run(), 2);
    onCluster.kill();
    RunProcess here =
        Launch.jar()
            .start(directory, "evolve", "--resume", "run", "--workers", "1", "--generations", "2");
    here.awaitStored(run(), 5);
    here.kill();
    start(2, "--resume run").endsWith(0);
    assertEquals(local, Found.in(run()));
    Set<String> workers = workers(run());
    assertTrue(workers.contains("cpu-0"), workers.toString());
    assertTrue(workers.stream().anyMatch(name -> name.startsWith("127.0.0.1/")), workers + "");
  }

  @Test
  @Tag("nightly")
  void anExecutorThatStandsStillIsLost() throws Exception {
    RunProcess process =
        start(
            2,
            List.of(
                "-Dspark.network.timeout=6s",
                "-Dspark.executor.heartbeatInterval=1s",
                "-Dspark.network.timeoutInterval=1s"),
            SEARCH + " --out run");
    process.awaitStored(run(), 2);
    ProcessHandle one = cluster.executors().get(0);
    signal(one, "STOP");
    try {
      process.endsWith(0);
    } finally {
      signal(one, "CONT");
    }
    assertEquals(local, Found.in(run()));
  }

  private static void signal(ProcessHandle process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  /** The networks come from the standard input, although the program replaces itself by another. */
  @Test
  void evaluateSaysWhatItSaysHere() throws Exception {
    String options =
        "--test --json --data synthetic --train_limit 60 --epochs 2 --batch_size 10 --chromosomes -";
    String networks = "0".repeat(20) + "\n" + "01".repeat(10) + "\n";
    RunProcess here = Launch.jar().start(directory, ("evaluate " + options).split(" ", -1));
    writeTo(here, networks);
    RunProcess there =
        launch(1, List.of()).start(directory, words("evaluate " + options).toArray(String[]::new));
    writeTo(there, networks);
    here.endsWith(0);
    there.endsWith(0);
    assertEquals(untimed(here), untimed(there));
    assertEquals(2, untimed(here).size());
    assertTrue(untimed(here).stream().allMatch(result -> result.has("test_accuracy")));
  }

  private static void writeTo(RunProcess process, String text) throws Exception {
    try (OutputStream input = process.process().getOutputStream()) {
      input.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** What a command has printed as JSON, without what is different each time. */
  private static List<JsonNode> untimed(RunProcess process) throws Exception {
    List<JsonNode> results = new ArrayList<>();
    for (String line : Files.readAllLines(process.out())) {
      if (line.startsWith("{")) {
        ObjectNode result = (ObjectNode) new ObjectMapper().readTree(line);
        result.remove(List.of("train_seconds", "images_per_second"));
        results.add(result);
      }
    }
    return results;
  }

  /** Two seeds on two executors, of which one is killed when its first checkpoint is there. */
  @Test
  @Tag("nightly")
  void trainLeavesWhatItLeavesHere() throws Exception {
    String options =
        "train residual-32x1-32x1-64x1-128x1-se-s16-gelu --space residual --data synthetic"
            + " --train_limit 60 --epochs 16 --batch_size 20"
            + " --threads_per_worker 1 --seeds 2 --seed 3";
    Launch.jar().start(directory, (options + " --out here").split(" ", -1)).endsWith(0);
    // A message is smaller than a checkpoint.
    RunProcess there =
        launch(2, List.of("-Dspark.rpc.message.maxSize=1"))
            .start(directory, words(options + " --out run").toArray(String[]::new));
    Path checkpoint = new RunDirectory(run()).checkpoint(3, 1);
    while (there.process().isAlive() && Files.notExists(checkpoint)) {
      Thread.sleep(20);
    }
    cluster.executors().get(0).destroyForcibly();
    there.endsWith(0);
    for (String file : List.of("best_model.pt", "seed_4.pt")) {
      assertEquals(
          -1, Files.mismatch(directory.resolve("here").resolve(file), run().resolve(file)));
    }
  }

  /** Latencies are no function of the seed: what counts is that each network has one. */
  @Test
  @Tag("nightly")
  void latenciesAreMeasuredAndStepsAreShown() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    RunProcess process =
        start(
            2,
            List.of("-Dspark.executor.heartbeatInterval=100ms"),
            "--objectives accuracy,latency --data synthetic --train_limit 100 --epochs 4 --batch_size 10 --pop_size 3"
                + " --generations 1 --seed 4 --max_flops 40M --out run --dashboard="
                + port);
    assertTrue(showsSteps(process, port), process.text());
    process.endsWith(0);
    try (EvaluationStore store = EvaluationStore.openToRead(run().resolve("run.db"))) {
      store.forEach(
          stored ->
              assertTrue(
                  stored.evaluation().objectives().get(Evaluation.LATENCY) > 0,
                  stored.evaluation().toString()));
    }
  }

  /** Whether the live page shows that an executor is in the middle of a training. */
  private static boolean showsSteps(RunProcess process, int port) throws Exception {
    Pattern inTheMiddle =
        Pattern.compile("\"worker\":\"127\\.0\\.0\\.1/\\d-\\d\"[^}]*\"share\":0\\.\\d");
    HttpRequest events =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/events")).build();
    while (process.process().isAlive()) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  HttpClient.newHttpClient().send(events, BodyHandlers.ofInputStream()).body(),
                  StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (inTheMiddle.matcher(line).find()) {
            return true;
          }
        }
      } catch (IOException e) {
        // The page is not there yet, or not there any more.
        Thread.sleep(50);
      }
    }
    return false;
  }

  @Test
  void withoutWhatIsAskedForItEndsSoon() throws Exception {
    RunProcess process =
        start(
            1,
            List.of(
                "-Dspark.executor.resource.gpu.amount=1",
                "-Dspark.cnnEvolution.executorTimeout=2s"),
            SEARCH + " --out run");
    process.endsWith(2);
    assertEquals(
        List.of(
            "cnn-evolution: --spark_master "
                + cluster.url()
                + ": gave no executor within 2 s; each asks for 1 core, 512m of memory and 1 GPU;"
                + " see the cluster's page for what there is, and ask for less"),
        process.errLines());
    try (Stream<Path> left = Files.list(directory)) {
      assertTrue(left.noneMatch(Files::isDirectory));
    }
  }

  /** Another program's space, fitness and evaluators reach the executors. */
  @Test
  @Tag("nightly")
  void aProgramOfOnesOwnFindsWhatItFindsHere() throws Exception {
    String classes = new File("target/test-classes").getAbsolutePath();
    String both = QuickStart.jarFile() + File.pathSeparator + classes;
    List<String> flags = new ArrayList<>(OPENED);
    flags.addAll(launch(2, List.of("-Dspark.executor.extraClassPath=" + both)).flags());
    Launch program =
        new Launch(
            flags,
            List.of(
                "-cp",
                both + File.pathSeparator + cluster.sparkHome().resolve("jars") + "/*",
                OwnSearch.class.getName()),
            Map.of("SPARK_LOCAL_IP", "127.0.0.1"));
    program.start(directory, "here").endsWith(0);
    program.start(directory, "run", cluster.url()).endsWith(0);
    String here = OwnSearch.results(directory.resolve("here"));
    assertTrue(here.contains("has a gate"), here);
    assertEquals(here, OwnSearch.results(run()));
    assertTrue(workers(run()).stream().allMatch(name -> name.startsWith("127.0.0.1/")));
  }

  @Test
  void executorsWithAnotherProgramOrOtherImagesAreRefused() throws Exception {
    Path other = directory.resolve("other");
    Path versions = other.resolve("io/github/cnnevolution/run/versions.properties");
    Files.createDirectories(versions.getParent());
    Files.writeString(
        versions,
        Files.readString(Path.of("target/classes/io/github/cnnevolution/run/versions.properties"))
            .replaceFirst("(?m)^cnn-evolution=.*$", "cnn-evolution=0.0.1"));
    RunProcess process =
        start(
            1,
            List.of(
                "-Dspark.executor.extraClassPath="
                    + other
                    + File.pathSeparator
                    + QuickStart.jarFile()),
            SEARCH + " --out run");
    process.endsWith(2);
    assertEquals(1, process.errLines().size(), process.text());
    assertTrue(
        process
            .errLines()
            .get(0)
            .matches(
                "cnn-evolution: --executor spark: executor 127\\.0\\.0\\.1/0 has .*0\\.0\\.1.*, but this is .*; give all machines the same jar"),
        process.text());
    images(1);
    RunProcess changed = start(1, SEARCH.replace("synthetic", "images") + " --out images-run");
    changed.awaitStored(directory.resolve("images-run"), 1);
    // The machine of the next executor has other images.
    images(2);
    cluster.executors().get(0).destroyForcibly();
    changed.endsWith(1);
    assertTrue(
        changed
            .text()
            .contains("differ from those of this machine; give all machines the same data"),
        changed.text());
  }

  /** Images in the layout of CIFAR-100. */
  private void images(int seed) throws IOException {
    Path images = Files.createDirectories(directory.resolve("images"));
    Random random = new Random(seed);
    for (String file : List.of("train.bin", "test.bin")) {
      byte[] records = new byte[200 * 3074];
      random.nextBytes(records);
      for (int i = 0; i < 200; i++) {
        records[3074 * i] = (byte) (i % 20);
        records[3074 * i + 1] = (byte) (i % 100);
      }
      Path whole = Files.write(images.resolve("new"), records);
      Files.move(whole, images.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** An executor is killed twenty times, whatever it does at the moment. */
  @Test
  @Tag("nightly")
  void twentyKillsChangeNothing() throws Exception {
    long seed = System.nanoTime();
    System.out.println("twentyKills: seed " + seed);
    Random random = new Random(seed);
    String search =
        SEARCH
            .replace("--generations 2", "--generations 12")
            .replace("--seed 4 --max_flops 40M", "--seed 5");
    Launch.jar()
        .start(directory, ("evolve " + search + " --workers 2 --out here").split(" ", -1))
        .endsWith(0);
    RunProcess process = start(3, search + " --out run");
    Set<Long> killed = new TreeSet<>();
    process.awaitStored(run(), 1);
    while (killed.size() < 20 && process.process().isAlive()) {
      List<ProcessHandle> executors = cluster.executors();
      if (!executors.isEmpty()) {
        ProcessHandle one = executors.get(random.nextInt(executors.size()));
        one.destroyForcibly();
        killed.add(one.pid());
      }
      Thread.sleep(random.nextInt(3000));
    }
    process.endsWith(0);
    assertEquals(20, killed.size());
    assertEquals(Found.in(directory.resolve("here")), Found.in(run()));
  }

  /** Checkpoints of 130 MB, of which Spark holds three copies, from three trainings at once. */
  @Test
  @Tag("nightly")
  void aHeapThatIsTooSmallIsNamed() throws Exception {
    List<String> options = List.of("-Dspark.executor.cores=3", "-Dspark.executor.memory=512m");
    RunProcess process =
        launch(3, options)
            .start(
                directory,
                words(
                        "train w16-k3-relu-s --data synthetic --train_limit 60 --epochs 2"
                            + " --batch_size 20 --seeds 3 --out run")
                    .toArray(String[]::new));
    process.endsWith(1);
    assertTrue(
        process.errLines().stream()
            .anyMatch(
                line ->
                    line.contains(
                        "the heap of an executor (spark.executor.memory, 512m) is too small")),
        process.text());
  }

  /** Executors do not need the master. */
  @Test
  @Tag("nightly")
  void withoutAMasterTheExecutorsTrainOn() throws Exception {
    Path elsewhere = Files.createDirectories(directory.resolve("cluster"));
    try (SparkStandalone own = SparkStandalone.start(elsewhere)) {
      own.startWorker(2);
      RunProcess process =
          launch(2, List.of())
              .start(
                  directory,
                  words("evolve " + SEARCH + " --out run").stream()
                      .map(word -> word.equals(cluster.url()) ? own.url() : word)
                      .toArray(String[]::new));
      process.awaitStored(run(), 1);
      own.killMaster();
      process.endsWith(0);
    }
    assertEquals(local, Found.in(run()));
  }

  @Test
  void whatIsForThisMachineIsRefused() throws Exception {
    for (String arguments : List.of("--workers 2", "--gpus none", "--profile", "--dry_run")) {
      RunProcess process = start(1, arguments + " --data synthetic --out run");
      process.endsWith(2);
      assertEquals(1, process.errLines().size(), process.text());
      assertTrue(process.errLines().get(0).contains("this machine"), process.text());
    }
  }
}
