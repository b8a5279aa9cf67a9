package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other ways to compute: fp16 with loss scaling, TF32, deterministic kernels. */
class PrecisionOnRecorder {
  private static final int CANDIDATES = 4;
  private static final int EPOCHS = 2;
  private static final int STEPS_AN_EPOCH = 4;

  @TempDir private Path directory;

  private CudaTrace train(String... more) throws Exception {
    String[] options = {
      "--workers_per_gpu=2",
      "--train_limit=" + 32 * STEPS_AN_EPOCH,
      "--batch_size=32",
      "--epochs=" + EPOCHS
    };
    String[] all = new String[options.length + more.length];
    System.arraycopy(options, 0, all, 0, options.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    RecorderRun run =
        Recorder.withDevices(1).evaluate(directory, Networks.first(CANDIDATES), all).succeeded();
    assertEquals(CANDIDATES, run.results().size(), run::output);
    assertTrue(run.results().stream().allMatch(r -> r.get("error").isNull()), run::output);
    return run.trace();
  }

  private static long count(CudaTrace trace, String kernel) {
    return trace.calls().stream().filter(call -> call.launches(kernel)).count();
  }

  /** One look for overflow and one adaption of the scale a step, and no wait for either. */
  @Test
  void scalesTheLossInFp16() throws Exception {
    CudaTrace trace = train("--precision=fp16");
    long steps = (long) CANDIDATES * EPOCHS * STEPS_AN_EPOCH;
    assertEquals(steps, count(trace, "amp_update_scale_cuda"));
    assertEquals(2 * steps, count(trace, "FusedSgd"));
    assertTrue(count(trace, "non_finite_check_and_unscale") >= steps);
    for (CandidateTrace candidate : trace.candidates()) {
      for (int step = 1; step < candidate.steps().size(); step++) {
        if (step % STEPS_AN_EPOCH != 0) {
          assertTrue(
              candidate.steps().get(step).stream().noneMatch(CudaCall::waits), "step " + step);
        }
      }
    }
  }

  @Test
  void computesInTf32() throws Exception {
    CudaTrace trace = train("--precision=fp32", "--tf32");
    assertEquals(0, count(trace, "bfloat16"));
  }

  /** LibTorch refuses operators that have no deterministic kernel, before it launches one. */
  @Test
  void hasADeterministicKernelForEverything() throws Exception {
    train("--deterministic");
  }
}
