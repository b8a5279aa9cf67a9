package io.github.cnnevolution.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of the docs run as they stand there, each in a process of its own. */
class ExamplesIT {
  private static final Path SOURCES = Path.of("src/test/java/io/github/cnnevolution/examples");

  @TempDir Path directory;

  private String run(Class<?> example) throws IOException, InterruptedException {
    String classPath =
        new File("target/test-classes").getAbsolutePath()
            + File.pathSeparator
            + new File(System.getProperty("cnnevolution.jar")).getAbsolutePath();
    Process process =
        new ProcessBuilder(
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                example.getName(),
                directory.resolve("run").toString())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(40, TimeUnit.MINUTES), printed);
    assertEquals(0, process.exitValue(), printed);
    return printed;
  }

  @Test
  void aSearchWithAListener() throws Exception {
    List<String> lines = run(SearchExample.class).lines().toList();
    assertEquals(4, lines.size(), String.join("\n", lines));
    assertTrue(lines.get(0).matches("0: 0\\.\\d+"), lines.get(0));
    assertTrue(lines.get(1).startsWith("1: "), lines.get(1));
    assertTrue(lines.get(2).matches("w\\d+-k\\d-\\w+-[sd]+"), lines.get(2));
    assertTrue(Files.size(Path.of(lines.get(3))) > 1_000_000, lines.get(3));
  }

  @Test
  void aSpaceOfOnesOwn() throws Exception {
    assertTrue(run(OwnSpaceExample.class).strip().matches("w\\d+-d\\d"));
  }

  @Test
  void anAlgorithmOfOnesOwn() throws Exception {
    double fitness = Double.parseDouble(run(OwnAlgorithmExample.class).strip());
    assertTrue(fitness >= 0 && fitness <= 1, "fitness " + fitness);
  }

  @Test
  void aFitnessOfOnesOwn() throws Exception {
    // An inference takes a millisecond at least, so a price of some percent was paid.
    double fitness = Double.parseDouble(run(OwnFitnessExample.class).strip());
    assertTrue(fitness < 0.2 && fitness > -1, "fitness " + fitness);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SearchExample", "OwnSpaceExample", "OwnAlgorithmExample", "OwnFitnessExample"})
  void theDocsShowTheExampleAsItRuns(String example) throws IOException {
    Matcher snippet =
        Pattern.compile(" *// docs: \\w+\n(.*?) *// end\n", Pattern.DOTALL)
            .matcher(Files.readString(SOURCES.resolve(example + ".java")));
    assertTrue(snippet.find(), example + " marks no snippet");
    String code = unindented(snippet.group(1));
    String docs =
        Files.readString(Path.of("src/docs/java.md")) + Files.readString(Path.of("README.md"));
    assertTrue(
        docs.contains("```java\n" + code + "```"), example + " is not in the docs:\n" + code);
  }

  private static String unindented(String code) {
    return code.lines()
        .map(line -> line.startsWith("  ") ? line.substring(2) : line)
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
