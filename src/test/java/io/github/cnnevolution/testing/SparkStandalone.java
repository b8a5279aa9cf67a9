package io.github.cnnevolution.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A standalone cluster of Apache Spark on loopback: a master, workers, and whatever executors they
 * start, each a process of its own. Its libraries are those of {@code src/test/spark}, which Maven
 * fetches.
 */
public final class SparkStandalone implements AutoCloseable {
  private static final List<String> JAVA =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx256m",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED");

  private static final Pattern URL = Pattern.compile("Starting Spark master at (spark://\\S+)");

  private final Path home;
  private final Path directory;
  private final Process master;
  private final String url;
  private final List<Process> workers = new ArrayList<>();

  private SparkStandalone(Path home, Path directory) throws Exception {
    this.home = home;
    this.directory = directory;
    this.master =
        start(
            "master",
            Map.of(),
            List.of(),
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--webui-port",
            "0");
    this.url = await(log("master"), URL).group(1);
  }

  /**
   * Starts the master.
   *
   * @param directory for logs and working directories
   */
  public static SparkStandalone start(Path directory) throws Exception {
    return new SparkStandalone(home(), directory);
  }

  /** The directory of Spark, made once for all tests. */
  private static Path home() throws Exception {
    Path home = Path.of("target", "spark-home").toAbsolutePath();
    Path complete = home.resolve("complete");
    if (!Files.exists(complete)) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "mvn",
                  "-B",
                  "-q",
                  "-f",
                  "src/test/spark/pom.xml",
                  "dependency:copy-dependencies",
                  "-DoutputDirectory=" + home.resolve("jars")));
      try {
        Process maven = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(maven.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, maven.waitFor(), said);
      } catch (IOException e) {
        abort("no mvn on the PATH; put it there to test on a cluster of Spark");
      }
      Files.createFile(complete);
    }
    return home;
  }

  public Path sparkHome() {
    return home;
  }

  /** Such as {@code spark://127.0.0.1:7077}. */
  public String url() {
    return url;
  }

  /** The options with which the program trains on this cluster, started without spark-submit. */
  public List<String> options() {
    return List.of("--executor", "spark", "--spark_master", url, "--spark_home", home.toString());
  }

  /**
   * Starts a worker and waits until the master knows it.
   *
   * @param cores that it offers
   * @param flags of Java, such as Spark's options
   */
  public Process startWorker(int cores, String... flags) throws Exception {
    return startWorker(cores, Map.of(), flags);
  }

  /**
   * Starts a worker and waits until the master knows it.
   *
   * @param cores that it offers
   * @param environment of the worker and its executors, beside that of this process
   * @param flags of Java, such as Spark's options
   */
  public Process startWorker(int cores, Map<String, String> environment, String... flags)
      throws Exception {
    String name = "worker" + workers.size();
    Process worker =
        start(
            name,
            environment,
            List.of(flags),
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            "127.0.0.1",
            "--cores",
            String.valueOf(cores),
            "--memory",
            "4g",
            "--webui-port",
            "0",
            "--work-dir",
            directory.resolve(name).toString(),
            url);
    workers.add(worker);
    await(log(name), Pattern.compile("Successfully registered with master"));
    return worker;
  }

  private Path log(String name) {
    return directory.resolve(name + ".log");
  }

  private Process start(
      String name, Map<String, String> environment, List<String> flags, String... program)
      throws IOException {
    List<String> command = new ArrayList<>(JAVA);
    command.addAll(flags);
    command.addAll(List.of("-cp", home.resolve("jars") + File.separator + "*"));
    command.addAll(List.of(program));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log(name).toFile());
    builder.environment().putAll(environment);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  private static Matcher await(Path log, Pattern line) throws Exception {
    long start = System.nanoTime();
    while (System.nanoTime() - start < 300e9) {
      Matcher matcher = line.matcher(Files.readString(log));
      if (matcher.find()) {
        return matcher;
      }
      Thread.sleep(50);
    }
    return fail(line + " is not in " + Files.readString(log));
  }

  /** The processes of the executors that run now. */
  public List<ProcessHandle> executors() {
    return workers.stream()
        .flatMap(worker -> worker.toHandle().descendants())
        .filter(SparkStandalone::isExecutor)
        .toList();
  }

  private static boolean isExecutor(ProcessHandle process) {
    try {
      return Files.readString(
              Path.of("/proc", String.valueOf(process.pid()), "cmdline"),
              StandardCharsets.ISO_8859_1)
          .contains("CoarseGrainedExecutorBackend");
    } catch (IOException e) {
      // It has ended.
      return false;
    }
  }

  /** Ends a worker and its executors with SIGKILL. */
  public static void killAll(Process worker) throws InterruptedException {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(worker.toHandle()), worker.toHandle().descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    assertTrue(worker.waitFor() != 0);
  }

  /** Ends the master with SIGKILL; its workers and their executors stay. */
  public void killMaster() throws InterruptedException {
    master.destroyForcibly();
    master.waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    for (Process worker : workers) {
      killAll(worker);
    }
    killMaster();
  }
}
