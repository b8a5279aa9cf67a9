package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cnnevolution.device.CudaProbe;
import io.github.cnnevolution.device.Devices;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesCommandTest {
  @TempDir private Path directory;

  @Test
  void theCpuJarShowsTheProcessorAndLooksForNoCuda() {
    assumeFalse(CudaProbe.isInJar(), "the GPU natives are on the class path");
    CommandLineRun run = CommandLineRun.of("devices");
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
    assertEquals(3, run.outLines().size(), run.out());
    assertTrue(run.outLines().get(2).startsWith(" cpu "), run.out());
  }

  @Test
  void jsonHasNumbersForPrograms() throws Exception {
    CommandLineRun run = CommandLineRun.of("devices", "--json");
    assertEquals(0, run.code(), run.err());
    JsonNode object = new ObjectMapper().readTree(run.out());
    JsonNode cpu = object.get("devices").get(0);
    assertEquals("cpu", cpu.get("device").asText());
    assertEquals(Devices.cores(), cpu.get("cores").intValue());
    assertEquals(Devices.memoryBytes(), cpu.get("memory_bytes").longValue());
    assertEquals("fp32", cpu.get("precisions").get(0).asText());
    assertEquals(Devices.cpu().preferred().toString(), cpu.get("auto").asText());
    assertEquals(CudaProbe.isInJar(), object.has("cuda"));
  }

  @Test
  void aCudaPathThatIsNotThereIsRefused() {
    String gone = directory.resolve("gone").toString();
    refused(gone, "--cuda_path " + gone + ": no such directory; name the one that holds");
  }

  @Test
  void aCudaPathThatCannotBeUsedIsRefused() {
    refused(
        directory.toString(),
        CudaProbe.isInJar() ? "holds no library of CUDA 13" : "this jar computes on the CPU only");
  }

  private static void refused(String value, String line) {
    CommandLineRun run = CommandLineRun.of("devices", "--cuda_path", value);
    assertEquals(ExitCode.USAGE, run.code());
    assertEquals("", run.out());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(value) && run.err().contains(line), run.err());
  }
}
