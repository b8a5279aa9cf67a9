package io.github.cnnevolution.cli;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.device.ProfilerRanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a profiler receives from {@code --profile}. The profiler is an injection library of its own,
 * {@code src/test/native/nvtx_injection.c}, in a process of its own. NVTX is a matter of the host,
 * so that no GPU is needed.
 */
class ProfileIT {
  private static final List<String> CHROMOSOMES =
      List.of("00000000000000000000", "00001000000010000000", "00000001000010000000");
  private static final String STEP = "step(augmentation forward backward optimizer)";
  private static final String EPOCHS =
      "(epoch 1(%s %s) epoch 2(%s %s))".formatted(STEP, STEP, STEP, STEP);

  @TempDir private Path directory;
  private Path injection;

  /** One line of the injection library. */
  private record Event(String thread, String what, String name) {
    static Event of(String line) {
      String[] fields = line.split("\t", -1);
      return new Event(fields[1], fields[2], fields[3]);
    }
  }

  /** A range with what was opened inside of it; written as {@code outer(inner inner)}. */
  private record Node(String name, List<Node> inner) {
    @Override
    public String toString() {
      return inner.isEmpty()
          ? name
          : inner.stream().map(Node::toString).collect(Collectors.joining(" ", name + "(", ")"));
    }
  }

  /** What a process left. */
  private record Result(int code, String out, String err) {}

  @BeforeEach
  void compileInjection() throws IOException, InterruptedException {
    injection = directory.resolve("nvtx_injection.so");
    Files.write(directory.resolve("chromosomes"), CHROMOSOMES);
    List<String> command =
        List.of(
            "gcc",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-fPIC",
            "-shared",
            "-o",
            injection.toString(),
            "src/test/native/nvtx_injection.c",
            "-lpthread");
    try {
      Result result = execute(new ProcessBuilder(command));
      assertEquals(0, result.code(), result.err());
    } catch (IOException e) {
      Assumptions.abort("no gcc here; install it to check what a profiler receives");
    }
  }

  private Result execute(ProcessBuilder builder) throws IOException, InterruptedException {
    Path out = directory.resolve("stdout");
    Path err = directory.resolve("stderr");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    int code = process.waitFor();
    return new Result(code, Files.readString(out), Files.readString(err));
  }

  /** Trains three candidates with two workers: two epochs of two steps each. */
  private Result evaluate(Map<String, String> environment, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(TestJvm.command());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("evaluate", "--chromosomes", "chromosomes", "--data", "synthetic"));
    command.addAll(List.of("--train_limit", "100", "--batch_size", "50", "--epochs", "2"));
    command.addAll(List.of("--workers", "2"));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("NVTX_INJECTION64_PATH", injection.toString());
    builder.environment().put("NVTX_EVENTS", directory.resolve("events").toString());
    builder.environment().putAll(environment);
    return execute(builder);
  }

  private List<Event> events() throws IOException {
    Path file = directory.resolve("events");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(Event::of).toList()
        : List.of();
  }

  /** The outermost ranges of each thread, in order; fails unless every range is closed. */
  private static Map<String, List<Node>> ranges(List<Event> events) {
    Map<String, List<Node>> outermost = new HashMap<>();
    Map<String, Deque<Node>> open = new HashMap<>();
    for (Event event : events) {
      Deque<Node> stack = open.computeIfAbsent(event.thread(), thread -> new ArrayDeque<>());
      if (event.what().equals("pop")) {
        assertFalse(stack.isEmpty(), "a pop too many in " + event.thread());
        stack.pop();
        continue;
      }
      Node node = new Node(event.name(), new ArrayList<>());
      List<Node> siblings =
          stack.isEmpty()
              ? outermost.computeIfAbsent(event.thread(), thread -> new ArrayList<>())
              : stack.peek().inner();
      siblings.add(node);
      stack.push(node);
    }
    open.forEach((thread, stack) -> assertTrue(stack.isEmpty(), thread + " left open: " + stack));
    return outermost;
  }

  /** The run around everything on the main thread, each candidate on the thread of a worker. */
  private void assertEveryPartIsMarked() throws IOException {
    List<Event> events = events();
    assertEquals(new Event("java", "push", "run"), events.get(0));
    assertEquals(new Event("java", "pop", ""), events.get(events.size() - 1));
    Map<String, List<Node>> ranges = ranges(events);
    assertEquals(Set.of("java", "worker-cpu-0", "worker-cpu-1"), ranges.keySet());
    assertEquals("[run]", ranges.remove("java").toString());
    assertEquals(
        Set.of(
            "candidate w16-k2-relu-d" + EPOCHS,
            "candidate w16-k3-relu-s" + EPOCHS,
            "candidate w16-k2-elu-s" + EPOCHS),
        ranges.values().stream().flatMap(List::stream).map(Node::toString).collect(toSet()));
    assertEquals(3, ranges.values().stream().mapToInt(List::size).sum());
  }

  @Test
  void theLibraryOfTheToolkitIsFoundAndEveryPartIsMarked() throws Exception {
    Assumptions.assumeTrue(
        ProfilerRanges.nvtx(Optional.empty()).isPresent(),
        "no NVTX here; install NVIDIA's cuda-nvtx package or Python's nvidia-nvtx");
    Result result = evaluate(Map.of(), "--profile");
    assertEquals(0, result.code(), result.err());
    assertEveryPartIsMarked();
  }

  @Test
  void theLibraryThatOneBuildsDoesTheSame() throws Exception {
    Result build = execute(new ProcessBuilder("native-config/nvtx/build.sh", directory.toString()));
    Assumptions.assumeTrue(build.code() != 2, build.err());
    assertEquals(0, build.code(), build.err());
    Path library = directory.resolve("libcnn-evolution-nvtx.so");
    Result result = evaluate(Map.of("CNN_EVOLUTION_NVTX", library.toString()), "--profile");
    assertEquals(0, result.code(), result.err());
    assertEveryPartIsMarked();
  }

  @Test
  void rangesAreClosedWhereCandidatesFail() throws Exception {
    Assumptions.assumeTrue(ProfilerRanges.nvtx(Optional.empty()).isPresent(), "no NVTX here");
    Result result = evaluate(Map.of(), "--profile", "--learning_rate", "1e20");
    assertEquals(1, result.code(), result.out() + result.err());
    Map<String, List<Node>> ranges = ranges(events());
    assertEquals("[run]", ranges.remove("java").toString());
    assertEquals(3, ranges.values().stream().mapToInt(List::size).sum());
  }

  @Test
  void withoutTheOptionNothingIsMarked() throws Exception {
    Result result = evaluate(Map.of());
    assertEquals(0, result.code(), result.err());
    assertEquals(List.of(), events());
  }

  @Test
  void whoCannotHaveMarksHearsOfItAtOnce() throws Exception {
    Result result = evaluate(Map.of("CNN_EVOLUTION_NVTX", "/none/libnvtx.so"), "--profile");
    assertEquals(2, result.code(), result.err());
    assertEquals("", result.out());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains("--profile: ") && result.err().contains("/none/libnvtx.so"));
  }
}
