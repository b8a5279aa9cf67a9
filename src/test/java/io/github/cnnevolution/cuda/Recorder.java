package io.github.cnnevolution.cuda;

import io.github.cnnevolution.TestJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A machine with the stand-in CUDA libraries of {@code native-config/cuda-recorder}, on which the
 * GPU jar runs as a process of its own. Immutable; the {@code with} methods give a changed copy.
 */
final class Recorder {
  private static final long KIBI = 1024;
  private static final int SECONDS = 240;

  private static final String GRAPHS = "--cuda_graphs";
  private static final String OPTIMIZER = "--optimizer";
  private static final List<String> TRAINING = List.of("evolve", "evaluate", "train");

  private final Map<String, String> environment;
  private final boolean choosing;

  private Recorder(Map<String, String> environment, boolean choosing) {
    this.environment = Map.copyOf(environment);
    this.choosing = choosing;
  }

  /** A machine with so many GPUs of 80 GB. */
  static Recorder withDevices(int devices) {
    return new Recorder(Map.of("CUDA_RECORDER_DEVICES", String.valueOf(devices)), false);
  }

  /** The same with GPUs of so many MiB. */
  Recorder withMegabytes(int megabytes) {
    return with("CUDA_RECORDER_MEM_MB", String.valueOf(megabytes));
  }

  /** The same with GPUs of these compute capabilities, such as {@code 70,90}. */
  Recorder withCapabilities(String list) {
    return with("CUDA_RECORDER_CAPABILITY", list);
  }

  /** The same with GPUs of these models, such as {@code NVIDIA L4,NVIDIA T400}. */
  Recorder withNames(String list) {
    return with("CUDA_RECORDER_NAME", list);
  }

  /** The same with faults, in the recorder's own notation. */
  Recorder withFaults(String rules) {
    return with("CUDA_RECORDER_FAIL", rules);
  }

  /** The same with asynchronous copies that happen as late as CUDA allows. */
  Recorder withLazyCopies() {
    return with("CUDA_RECORDER_LAZY", "1");
  }

  /** The same without a trace, which takes a lock for each call. */
  Recorder withoutTrace() {
    return with("CUDA_RECORDER_TRACE", "");
  }

  private Recorder with(String name, String value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(name, value);
    return new Recorder(changed, choosing);
  }

  /**
   * The same, where the program chooses whether steps are recorded unless it is told. Elsewhere
   * they are not, since the program's check would add its own trainings to the trace.
   */
  Recorder choosingGraphs() {
    return new Recorder(environment, true);
  }

  /** Runs {@code evaluate --json} on the built-in images for these chromosomes. */
  RecorderRun evaluate(Path directory, List<String> chromosomes, String... options)
      throws IOException, InterruptedException {
    Path file = Files.write(directory.resolve("chromosomes"), chromosomes);
    List<String> arguments =
        new ArrayList<>(
            List.of("evaluate", "--json", "--data", "synthetic", "--chromosomes", file.toString()));
    arguments.addAll(List.of(options));
    return run(directory, arguments);
  }

  /**
   * Runs the jar to its end. Networks are trained with SGD unless it is told otherwise.
   *
   * @param directory for the trace and what the run writes; the next run there replaces the trace
   */
  RecorderRun run(Path directory, List<String> arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(arguments);
    if (TRAINING.contains(all.get(0))) {
      if (!choosing && isOpen(arguments, GRAPHS)) {
        all.add(GRAPHS + "=off");
      }
      // Its one kernel for all weights ends each step in the trace.
      if (isOpen(arguments, OPTIMIZER)) {
        all.add(OPTIMIZER + "=sgd");
      }
    }
    return start(directory, List.of("-jar", jar()), all);
  }

  private static boolean isOpen(List<String> arguments, String option) {
    return arguments.stream().noneMatch(word -> word.startsWith(option));
  }

  /** Runs a main class of the tests, with the jar on its class path. */
  RecorderRun runMain(Path directory, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    String testClasses = main.getProtectionDomain().getCodeSource().getLocation().getPath();
    String path = jar() + File.pathSeparator + testClasses;
    return start(directory, List.of("-cp", path, main.getName()), List.of(arguments));
  }

  /**
   * The environment of other processes that use this machine's GPUs.
   *
   * @param trace file; {@code %p} becomes the number of the process
   */
  Map<String, String> environment(Path trace) {
    Map<String, String> all = new HashMap<>();
    all.put("LD_LIBRARY_PATH", libraries().toString());
    all.put("CUDA_RECORDER_TRACE", trace.toString());
    all.putAll(environment);
    return all;
  }

  private static Path directory() {
    return Path.of(System.getProperty("cnnevolution.recorder")).toAbsolutePath();
  }

  private static Path libraries() {
    return directory().resolve("lib");
  }

  /** The flags of a Java machine that uses the GPUs. */
  static List<String> flags() {
    return List.of(
        "-Dorg.bytedeco.javacpp.platform.preloadpath=" + libraries(),
        "-Dorg.bytedeco.javacpp.cachedir=" + cache());
  }

  /** All runs of a fork share what JavaCPP unpacks: 900 MB. */
  static Path cache() {
    return Path.of(System.getProperty("cnnevolution.recorder-cache")).toAbsolutePath();
  }

  private RecorderRun start(Path directory, List<String> program, List<String> arguments)
      throws IOException, InterruptedException {
    Path trace = directory.resolve("trace.jsonl");
    Path errors = directory.resolve("stderr");
    List<String> command = new ArrayList<>();
    command.addAll(TestJvm.command());
    // A heap that is resident from the start, so that growth of the process is native memory's.
    command.addAll(List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"));
    // Most of these processes end before the second compiler would pay.
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(flags());
    command.addAll(program);
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CUDA_"));
    builder.environment().putAll(environment(trace));
    Files.deleteIfExists(trace);

    List<String> out = new ArrayList<>();
    List<Long> resident = new ArrayList<>();
    Process process = builder.start();
    Thread watchdog = watch(process);
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      while (line != null) {
        out.add(line);
        resident.add(residentBytes(process.pid()));
        line = reader.readLine();
      }
      int code = process.waitFor();
      CudaTrace calls =
          Files.exists(trace) ? CudaTrace.read(trace) : new CudaTrace(List.of(), Map.of());
      return new RecorderRun(code, out, resident, Files.readString(errors), calls);
    } finally {
      watchdog.interrupt();
      process.destroyForcibly();
    }
  }

  /** Ends a process that hangs, after it has shown where its threads are. */
  private static Thread watch(Process process) {
    Thread thread =
        new Thread(
            () -> {
              try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                  String pid = String.valueOf(process.pid());
                  new ProcessBuilder("kill", "-QUIT", pid).start().waitFor();
                  process.waitFor(5, TimeUnit.SECONDS);
                  process.destroyForcibly();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (IOException e) {
                process.destroyForcibly();
              }
            },
            "watchdog");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static String jar() {
    return new File(System.getProperty("cnnevolution.jar")).getAbsolutePath();
  }

  /** The resident size of a process, 0 if it has ended. */
  private static long residentBytes(long pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), "status"))
          .lines()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) * KIBI)
          .findFirst()
          .orElse(0);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
