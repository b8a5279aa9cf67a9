package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RecordedRuns;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvReportTest {
  @TempDir private Path directory;

  /** Programs that read it find their columns where they were. */
  @ParameterizedTest
  @CsvSource({"finished, false", "finished, true", "cut, false", "cut, true"})
  void columnsOfVersion010StayAndNewOnesFollow(String run, boolean migrated) throws Exception {
    RecordedRuns.unzip(directory);
    Path file = directory.resolve(run).resolve("run.db");
    if (migrated) {
      EvaluationStore.open(file).close();
    }
    List<String> before = Files.readAllLines(directory.resolve(run + ".csv"));
    List<String> now = csv(file).lines().toList();
    assertEquals(before.size(), now.size());
    assertEquals(
        before.get(0)
            + ",space,objectives,trained_fraction,fraction"
            + ",id,generation,operator,parents,fitness_low,fitness_high,prediction",
        now.get(0));
    for (int i = 1; i < before.size(); i++) {
      assertTrue(now.get(i).startsWith(before.get(i) + ",plain,\"{\"\"accuracy\"\":"), now.get(i));
      // That version did not store the number of validation images.
      assertTrue(
          now.get(i).matches(".*\\}\",1\\.0,1\\.0," + i + ",\\d+,[\\w+]+,[^,]*,,,"), now.get(i));
    }
  }

  private static String csv(Path file) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CsvReport.write(file, out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
