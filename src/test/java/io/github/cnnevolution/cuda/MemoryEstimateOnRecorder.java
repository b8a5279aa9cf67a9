package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The estimate of a candidate's memory against the peak that LibTorch's allocator saw. */
class MemoryEstimateOnRecorder {
  /** Phenotype, precision, batch size, micro-batches. */
  private static final String[] CASES = {
    "w16-k2-relu-s BF16 64 1",
    "w16-k3-relu-d BF16 64 1",
    "w16-k5-gelu-s FP32 512 1",
    "w32-k3-gelu-ds FP16 64 1",
    "w32-k5-leakyrelu-sd BF16 512 4",
    "w64-k2-gelu-sds FP32 512 1",
    "w64-k7-gelu-sss BF16 64 1",
    "w128-k2-elu-ssss FP32 512 1",
    "w128-k3-relu-ssss BF16 512 1",
    "w128-k5-gelu-ssss FP32 512 1",
    "w128-k7-relu-ssss FP32 64 4",
    "w128-k7-gelu-dddd BF16 512 1",
    "w128-k5-relu-dddd BF16 512 1",
    "w128-k5-relu-dddd BF16 512 4",
    "w128-k7-relu-dsds BF16 64 1",
    "w128-k7-gelu-dddd FP32 64 1"
  };

  private static final double LEAST = 1.1;
  private static final double MOST = 1.6;
  // What the estimate has for cuDNN's workspaces, of which the recorder's cuDNN asks for 1 MiB.
  private static final long WORKSPACE_BYTES = 32L << 20;

  @TempDir private Path directory;

  @Test
  void boundsThePeakAndWastesLittle() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).runMain(directory, MemoryPeaksProbe.class, CASES).succeeded();
    List<String> lines = run.out();
    assertEquals(CASES.length, lines.size(), run::output);
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      long estimate = Long.parseLong(words[4]);
      long peak = Long.parseLong(words[5]);
      assertTrue(peak > 20_000_000, line);
      assertTrue(estimate - WORKSPACE_BYTES >= LEAST * peak, line);
      assertTrue(estimate - WORKSPACE_BYTES <= MOST * peak, line);
    }
  }
}
