package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parser of traces, on lines as the recorder writes them. */
class CudaTraceTest {
  private static final String LINES =
      """
      {"call":"start","pid":1,"devices":2}
      {"call":"thread","tid":7,"name":"main"}
      {"t":1,"tid":7,"dev":0,"call":"cudaMalloc","bytes":2097152,"error":0}
      {"t":2,"tid":7,"dev":0,"call":"cudaMemcpyAsync","stream":4,"kind":"H2D","bytes":300,"pinned":true}
      {"call":"thread","tid":8,"name":"worker-gpu1-0"}
      {"t":3,"tid":8,"dev":1,"call":"kernel","k":1,"name":"_Z7uniform"}
      {"t":3,"tid":8,"dev":1,"call":"cudaLaunchKernel","stream":5,"k":1,"grid":[1,2,3],"block":[4,5,6]}
      {"t":4,"tid":8,"dev":1,"call":"cudnnBackendExecute","stream":5,"op":"conv_fwd"}
      {"t":5,"tid":8,"dev":1,"call":"cublasSetWorkspace","bytes":33554432}
      {"t":6,"tid":8,"dev":1,"call":"cublasGemmEx","stream":5,"op":"NN","m":1,"n":2,"inner":3,"math":0}
      {"t":7,"tid":8,"dev":1,"call":"kernel","k":2,"name":"_Z8FusedSgd"}
      {"t":7,"tid":8,"dev":1,"call":"cudaLaunchKernel","stream":5,"k":2,"grid":[1,1,1],"block":[1,1,1]}
      {"t":8,"tid":8,"dev":1,"call":"cudaLaunchKernel","stream":5,"k":2,"grid":[1,1,1],"block":[1,1,1]}
      {"t":9,"tid":8,"dev":1,"call":"cudaMemcpyAsync","stream":5,"kind":"D2H","bytes":16,"pinned":false}
      {"t":10,"tid":8,"dev":1,"call":"cudaStreamSynchronize","stream":5,"sync":true}
      {"t":11,"tid":8,"dev":1,"call":"cudaMalloc","bytes":20971520,"error":2}
      {"t":12,"tid":8,"dev":1,"call":"cudaLaunchKernel","stream":5,"k":1,"grid":[1,2,3],"block":[4,5,6]}
      {"t":13,"tid":7,"dev":0,"call":"cudaFree","bytes":2097152,"error":0}
      """;

  @TempDir private Path directory;

  private CudaTrace read(String lines) throws IOException {
    return CudaTrace.read(Files.writeString(directory.resolve("trace.jsonl"), lines));
  }

  @Test
  void readsCallsInTheirOrderWithThreadsAndKernels() throws IOException {
    CudaTrace trace = read(LINES);
    assertEquals(13, trace.calls().size());
    assertEquals(
        new CudaCall(
            2,
            7,
            0,
            "cudaMemcpyAsync",
            4,
            300,
            Optional.of("H2D"),
            true,
            false,
            Optional.empty(),
            false,
            0,
            0,
            ""),
        trace.calls().get(1));
    CudaTrace launches = trace.launches();
    assertEquals(
        List.of(
            "_Z7uniform",
            "cudnnBackendExecute:conv_fwd",
            "cublasGemmEx",
            "_Z8FusedSgd",
            "_Z8FusedSgd",
            "_Z7uniform"),
        launches.calls().stream().map(call -> call.kernel().orElseThrow()).toList());
    assertEquals(Set.of("worker-gpu1-0"), launches.callers());
    assertEquals(Set.of(5), launches.streams());
    assertEquals(List.of(7, 8), List.copyOf(trace.threads().keySet()).stream().sorted().toList());
    assertEquals(1, trace.only(CudaCall::waits).calls().size());
    assertEquals(316, trace.only(CudaCall::isHostCopy).bytes());
  }

  @Test
  void memoryThatWasRefusedIsNotCounted() throws IOException {
    assertEquals(2097152, read(LINES).peakAllocated());
    assertEquals(
        2, read(LINES).ofDevice(1).between(10, 11).only(c -> !c.isLaunch()).calls().get(1).error());
  }

  @Test
  void aCandidateEndsWithItsResultAndAStepWithTheOptimizer() throws IOException {
    List<CandidateTrace> candidates = read(LINES).candidates();
    assertEquals(2, candidates.size());
    CandidateTrace first = candidates.get(0);
    assertEquals("worker-gpu1-0", first.worker());
    assertEquals(1, first.device());
    assertEquals(3, first.start());
    assertEquals(8, first.end());
    assertEquals(1, first.steps().size());
    assertEquals(8, first.calls().size(), "the wait for the result included");
    assertTrue(first.isTrained());
    assertEquals(11, candidates.get(1).calls().get(0).time(), "the next begins with its memory");
    assertFalse(candidates.get(1).isTrained());
  }

  @Test
  void aLastLineThatIsCutOffIsLeftOut() throws IOException {
    assertEquals(13, read(LINES + "{\"t\":14,\"tid\":7,\"de").calls().size());
    assertThrows(IOException.class, () -> read("{\"t\":14,\"tid\":7,\"de\n" + LINES));
  }
}
