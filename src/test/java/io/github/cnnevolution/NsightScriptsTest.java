package io.github.cnnevolution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts of {@code native-config/nsight} with a stand-in for the profiler, which writes down
 * how it was called. What the profilers make of it only they can tell.
 */
class NsightScriptsTest {
  private static final Path SCRIPTS = Path.of("native-config/nsight").toAbsolutePath();
  private static final String STAND_IN =
      """
      #!/usr/bin/env bash
      for argument in "$@"; do echo "$argument"; done >>calls
      echo >>calls
      """;

  @TempDir private Path directory;
  private Path standIn;
  private Path jar;

  /**
   * The options that the scripts use, with the values that each takes, as a regular expression:
   * from help texts of nsys 2025.3 and 2025.6 and lists of ncu's options as public repositories
   * quote them, since no Nsight was at hand. NVIDIA documents them in the User Guide of Nsight
   * Systems (CLI Profile and CLI Stats Command Switch Options) and in the manual Nsight Compute CLI
   * (Command Line Options, NVTX Filtering).
   */
  private static final Map<String, Map<String, String>> DOCUMENTED =
      Map.of(
          "nsys profile",
          Map.of(
              "--trace", "(cuda|cuda-hw|nvtx|cudnn|cublas|osrt|none)(,(cuda|nvtx|cudnn|cublas))*",
              "--cuda-graph-trace", "(graph|node)(:(host-only|host-and-device))?",
              "--sample", "process-tree|system-wide|none",
              "--cpuctxsw", "process-tree|system-wide|none",
              "--capture-range", "none|cudaProfilerApi|nvtx|hotkey",
              "--nvtx-capture", "[^@]+(@[^@]+)?",
              "--capture-range-end", "none|stop|stop-shutdown|repeat.*",
              "--env-var", "[A-Z_]+=[^,]*(,[A-Z_]+=[^,]*)*",
              "--force-overwrite", "true|false",
              "--output", ".+"),
          "nsys stats",
          Map.of(
              "--force-export", "true|false",
              "--report", "nvtx_gpu_proj_sum|cuda_gpu_kern_sum|cuda_gpu_mem_size_sum|cuda_api_sum"),
          "ncu",
          Map.of(
              "--nvtx", "",
              "--nvtx-include", "[^/]+/([^/]+)?",
              "--range-filter", "(yes|no|on|off)?:[0-9-]*:\\[?[0-9,-]+\\]?",
              "--set", "basic|detailed|full|none|roofline",
              "--force-overwrite", "",
              "--export", ".+",
              "--import", ".+",
              "--print-summary", "none|per-gpu|per-kernel|per-nvtx"));

  private record Result(int code, String out, String err, List<List<String>> calls) {}

  @BeforeEach
  void prepare() throws IOException {
    standIn = Files.writeString(directory.resolve("profiler"), STAND_IN);
    assertTrue(standIn.toFile().setExecutable(true));
    jar = Files.createFile(directory.resolve("some program.jar"));
  }

  private Result run(Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(SCRIPTS.resolve(script).toString()));
    command.addAll(List.of(arguments));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    Path log = directory.resolve("calls");
    List<List<String>> calls =
        Files.exists(log)
            ? Pattern.compile("\n\n")
                .splitAsStream(Files.readString(log))
                .map(call -> call.lines().toList())
                .toList()
            : List.of();
    return new Result(code, Files.readString(out), Files.readString(err), calls);
  }

  @Test
  void theTimelineIsOfOneEpoch() throws Exception {
    Result result =
        run(Map.of("NSYS", standIn.toString()), "timeline.sh", "-o", "a b", "-j", jar.toString());
    assertEquals(0, result.code(), result.err());
    assertEquals(
        List.of(
            "profile",
            "--trace=cuda,nvtx,cudnn,cublas",
            "--cuda-graph-trace=node",
            "--sample=none",
            "--cpuctxsw=none",
            "--capture-range=nvtx",
            "--nvtx-capture=epoch 2",
            "--capture-range-end=stop",
            "--env-var=NSYS_NVTX_PROFILER_REGISTER_ONLY=0",
            "--force-overwrite=true",
            "--output=a b",
            "java",
            "-jar",
            jar.toString(),
            "evaluate",
            "--profile",
            "--chromosomes",
            SCRIPTS.resolve("candidates.txt").toString(),
            "--gpus",
            "0",
            "--epochs",
            "2",
            "--train_limit",
            "6400"),
        result.calls().get(0));
    assertEquals("stats", result.calls().get(1).get(0));
    assertEquals("a b.nsys-rep", result.calls().get(1).get(result.calls().get(1).size() - 1));
  }

  /**
   * Reads a call as the profiler would: {@code --name=value}, or the value behind, up to the
   * program. What is not documented fails.
   */
  private static void assertDocumented(String tool, List<String> call) {
    Map<String, String> known = DOCUMENTED.get(tool);
    int end = call.contains("java") ? call.indexOf("java") : call.size();
    for (int i = tool.contains(" ") ? 1 : 0; i < end; i++) {
      String option = call.get(i);
      if (i == end - 1 && end == call.size() && !option.startsWith("--")) {
        // The report that is read.
        continue;
      }
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      assertTrue(known.containsKey(name), tool + " has no " + name);
      String values = known.get(name);
      String value =
          equals >= 0 ? option.substring(equals + 1) : values.isEmpty() ? "" : call.get(++i);
      assertTrue(value.matches(values), tool + " " + name + " takes no " + value);
    }
  }

  @Test
  void allOptionsAreDocumented() throws Exception {
    Map<String, String> tools = Map.of("NSYS", standIn.toString(), "NCU", standIn.toString());
    List<List<String>> timeline = run(tools, "timeline.sh", "-j", jar.toString()).calls();
    assertEquals(2, timeline.size());
    assertDocumented("nsys profile", timeline.get(0));
    assertDocumented("nsys stats", timeline.get(1));
    Files.delete(directory.resolve("calls"));
    for (String phase : List.of("", "forward")) {
      List<String> options = new ArrayList<>(List.of("-j", jar.toString()));
      options.addAll(phase.isEmpty() ? List.of() : List.of("-p", phase));
      List<List<String>> kernels = run(tools, "kernels.sh", options.toArray(String[]::new)).calls();
      assertEquals(2, kernels.size());
      kernels.forEach(call -> assertDocumented("ncu", call));
      Files.delete(directory.resolve("calls"));
    }
  }

  @Test
  void theTimelineOfAnotherRangeAndWorkload() throws Exception {
    Result result =
        run(
            Map.of("NSYS", standIn.toString()),
            "timeline.sh",
            "-r",
            "run",
            "-j",
            jar.toString(),
            "--",
            "--chromosomes",
            "my file");
    assertEquals(0, result.code(), result.err());
    List<String> call = result.calls().get(0);
    assertTrue(call.contains("--nvtx-capture=run") && call.contains("--output=timeline"));
    assertEquals(
        List.of("evaluate", "--profile", "--chromosomes", "my file"),
        call.subList(call.indexOf("evaluate"), call.size()));
  }

  @Test
  void theKernelsAreOfOneStep() throws Exception {
    Result result = run(Map.of("NCU", standIn.toString()), "kernels.sh", "-j", jar.toString());
    assertEquals(0, result.code(), result.err());
    List<String> call = result.calls().get(0);
    assertEquals(
        List.of(
            "--nvtx",
            "--nvtx-include",
            "step/",
            "--range-filter",
            "::11",
            "--set",
            "detailed",
            "--force-overwrite",
            "--export",
            "kernels",
            "java",
            "-jar",
            jar.toString(),
            "evaluate",
            "--profile"),
        call.subList(0, call.indexOf("--profile") + 1));
    assertEquals(
        List.of("--import", "kernels.ncu-rep", "--print-summary", "per-kernel"),
        result.calls().get(1));
    assertTrue(Files.exists(directory.resolve("kernels.txt")));
  }

  @Test
  void theKernelsOfAPhase() throws Exception {
    Result result =
        run(
            Map.of("NCU", standIn.toString()),
            "kernels.sh",
            "-s",
            "3",
            "-p",
            "backward",
            "-j",
            jar.toString());
    assertEquals(0, result.code(), result.err());
    assertTrue(
        result.calls().get(0).containsAll(List.of("step/backward", "::3")), result.toString());
  }

  @Test
  void whatIsMissingIsNamedInOneLine() throws Exception {
    Map<String, String> absent = Map.of("NSYS", "no-such-nsys", "NCU", "no-such-ncu");
    Map<String, String> present = Map.of("NSYS", standIn.toString(), "NCU", standIn.toString());
    for (String script : List.of("timeline.sh", "kernels.sh")) {
      assertFails(run(absent, script, "-j", jar.toString()), "no no-such-n");
      assertFails(run(present, script, "-j", "absent.jar"), "no absent.jar; build it with");
      assertFails(run(present, script, "-x"), "unknown option -x");
      assertFails(run(present, script, "-o"), "-o needs a value");
    }
    assertFails(run(present, "kernels.sh", "-s", "0"), "-s '0' must be");
    assertFails(run(present, "kernels.sh", "-p", "loss"), "-p 'loss' must be");
  }

  private static void assertFails(Result result, String message) {
    assertEquals(2, result.code(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(message), result.err());
    assertEquals(List.of(), result.calls());
  }

  @Test
  void helpIsTheHeadOfTheScript() throws Exception {
    for (String script : List.of("timeline.sh", "kernels.sh")) {
      Result result = run(Map.of(), script, "-h");
      assertEquals(0, result.code(), result.err());
      assertTrue(result.out().contains(script + " [-o REPORT]"), result.out());
      assertTrue(result.out().lines().count() >= 7, result.out());
      assertTrue(result.out().stripTrailing().endsWith("if it is not on the PATH."), result.out());
    }
  }
}
