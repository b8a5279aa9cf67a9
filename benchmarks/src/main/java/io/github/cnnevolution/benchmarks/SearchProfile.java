package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the time of a whole search goes: the program with a thread beside it that looks at the
 * stacks of all threads every 20 ms. Prints a table of parts; the stacks go to a file in the
 * collapsed format of flame graphs, a line {@code root;...;leaf MILLISECONDS} each, without those
 * that have less than a ten-thousandth of the workers' time.
 *
 * <p>A worker counts in every state, so that waiting is seen; other threads only while they run.
 * Java code is seen at its safepoints, LibTorch by the call from Java into it.
 *
 * <pre>
 * java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.SearchProfile STACKS evolve OPTIONS
 * </pre>
 */
public final class SearchProfile {
  private static final long PERIOD_MILLIS = 20;
  private static final String OURS = "io.github.cnnevolution.";
  private static final String WORKER = "worker-";
  private static final String OTHER = "other";

  /** Where threads are that wait in the operating system: to Java they run. */
  private static final Set<String> IDLE =
      Set.of("wait", "accept", "accept0", "poll", "poll0", "waitForProcessExit0", "read0");

  /** Parts by the beginning of a frame, package and class and method; the first that is there. */
  private static final Map<String, List<String>> PARTS = parts();

  private final Map<String, Double> workers = new TreeMap<>();
  private final Map<String, Double> others = new TreeMap<>();
  private final Map<String, Double> stacks = new TreeMap<>();
  private double wall;

  private SearchProfile() {}

  private static Map<String, List<String>> parts() {
    Map<String, List<String>> parts = new LinkedHashMap<>();
    parts.put("page and terminal", List.of("report."));
    parts.put(
        "checkpoints and models",
        List.of("run.KeptModels.", "evaluation.RungFiles.", "training.CheckpointFile."));
    parts.put("store", List.of("run."));
    parts.put("validation", List.of("training.AccuracyMeasurement."));
    parts.put("training: backward pass", List.of("training.TrainedWeights.backward"));
    parts.put("training: optimizer, averaged weights", List.of("training.TrainedWeights."));
    parts.put("training: batches and augmentation", List.of("training.TrainingInput."));
    parts.put("training: forward pass and loss", List.of("training.GradientStep."));
    parts.put("training: the rest", List.of("training.Trainer."));
    parts.put("waiting for a candidate", List.of("evaluation.JobQueue.take"));
    parts.put("building and freeing", List.of("evaluation.TrainingEvaluator.", "network."));
    parts.put("choosing candidates", List.of("search.", "engine.SearchLoop.ask"));
    parts.put("reading images", List.of("data."));
    return parts;
  }

  /** Takes the file for the stacks and the arguments of the program, which ends the process. */
  public static void main(String[] arguments) {
    if (arguments.length < 2) {
      System.err.println("give a file for the stacks and the arguments of the program");
      System.exit(2);
    }
    SearchProfile profile = new SearchProfile();
    Thread sampler = new Thread(profile::sample, "search-profile");
    sampler.setDaemon(true);
    sampler.start();
    Path file = Path.of(arguments[0]);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> profile.write(sampler, file)));
    Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private void sample() {
    long last = System.nanoTime();
    while (true) {
      try {
        Thread.sleep(PERIOD_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      long now = System.nanoTime();
      double seconds = (now - last) / 1e9;
      last = now;
      wall += seconds;
      Thread.getAllStackTraces().forEach((thread, stack) -> count(thread, stack, seconds));
    }
  }

  private void count(Thread thread, StackTraceElement[] stack, double seconds) {
    boolean worker = thread.getName().startsWith(WORKER);
    if (stack.length == 0 || thread.equals(Thread.currentThread())) {
      return;
    }
    boolean running =
        thread.getState() == Thread.State.RUNNABLE && !IDLE.contains(stack[0].getMethodName());
    List<String> frames = frames(stack);
    if (frames.isEmpty() || (!worker && !running)) {
      return;
    }
    (worker ? workers : others).merge(part(stack), seconds, Double::sum);
    stacks.merge(
        (worker ? "workers;" : "other threads;") + String.join(";", frames), seconds, Double::sum);
  }

  private static String part(StackTraceElement[] stack) {
    for (Map.Entry<String, List<String>> part : PARTS.entrySet()) {
      for (StackTraceElement frame : stack) {
        String name = frame.getClassName() + "." + frame.getMethodName();
        if (part.getValue().stream().anyMatch(begin -> name.startsWith(OURS + begin))) {
          return part.getKey();
        }
      }
    }
    return OTHER;
  }

  /** From the root to the leaf: our frames, and what the last of them calls; empty without ours. */
  private static List<String> frames(StackTraceElement[] stack) {
    List<String> frames = new ArrayList<>();
    for (int i = stack.length - 1; i >= 0; i--) {
      StackTraceElement frame = stack[i];
      // A lambda calls a method that says more, and has another name in each process.
      boolean ours =
          frame.getClassName().startsWith(OURS) && !frame.getClassName().contains("$$Lambda");
      if (ours || (!frames.isEmpty() && (i == 0 || frame.isNativeMethod()))) {
        String name = frame.getClassName();
        String method = frame.getMethodName().replaceFirst("^lambda\\$(.*)\\$\\d+$", "$1");
        frames.add(name.substring(name.lastIndexOf('.') + 1) + "." + method);
      }
    }
    return frames;
  }

  private void write(Thread sampler, Path file) {
    try {
      sampler.interrupt();
      sampler.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    double all = workers.values().stream().mapToDouble(seconds -> seconds).sum();
    List<String> lines =
        stacks.entrySet().stream()
            .filter(stack -> stack.getValue() > all / 10_000)
            .map(stack -> stack.getKey() + " " + Math.round(1e3 * stack.getValue()))
            .toList();
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.printf(Locale.ROOT, "%n%.1f s%n%n", wall);
    System.out.println("| part | workers, s | share, % | other threads, s |");
    System.out.println("|---|---|---|---|");
    List<String> names = new ArrayList<>(PARTS.keySet());
    names.add(OTHER);
    for (String name : names) {
      double seconds = workers.getOrDefault(name, 0.0);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f | %.2f | %.1f |%n",
          name,
          seconds,
          100 * seconds / all,
          others.getOrDefault(name, 0.0));
    }
  }
}
