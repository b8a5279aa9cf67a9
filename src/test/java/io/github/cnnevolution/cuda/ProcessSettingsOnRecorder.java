package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a GPU needs of the process around it. */
class ProcessSettingsOnRecorder {
  @TempDir private Path directory;

  /** Eight buffers of 4 MiB are LibTorch's own workspace on Hopper, and reproducible. */
  @Test
  void queuesWorkspaceAndStreams() throws Exception {
    RecorderRun run =
        Recorder.withDevices(1).runMain(directory, ProcessSettingsProbe.class).succeeded();
    assertEquals(
        List.of(
            "CUDA_DEVICE_MAX_CONNECTIONS=32",
            "CUBLAS_WORKSPACE_CONFIG=:4096:8",
            "a binding has a stream of its own: true",
            "so has one inside it: true",
            "which leaves the outer one behind: true",
            "and that the first: true"),
        run.out(),
        run::output);
  }
}
