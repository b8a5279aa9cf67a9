package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of the program on the recorder that has ended.
 *
 * @param code the exit code
 * @param out the lines of standard output
 * @param residentBytes the main memory of the process when each line of {@code out} arrived
 * @param err what went to standard error
 * @param trace what the run asked of CUDA
 */
record RecorderRun(
    int code, List<String> out, List<Long> residentBytes, String err, CudaTrace trace) {
  private static final ObjectMapper JSON = new ObjectMapper();

  RecorderRun {
    out = List.copyOf(out);
    residentBytes = List.copyOf(residentBytes);
  }

  /** Checks that the run succeeded. */
  RecorderRun succeeded() {
    assertEquals(0, code, this::output);
    return this;
  }

  /** Checks that {@code evaluate} ran to its end and reports a candidate that failed. */
  RecorderRun endedWithAFailure() {
    assertEquals(1, code, this::output);
    return this;
  }

  /** The results of {@code evaluate --json}, one for each chromosome. */
  List<ObjectNode> results() {
    List<ObjectNode> results = new ArrayList<>();
    for (String line : out) {
      try {
        results.add((ObjectNode) JSON.readTree(line));
      } catch (JsonProcessingException e) {
        throw new AssertionError("not a result: " + line + "\n" + output(), e);
      }
    }
    return results;
  }

  /** The results without what the clock decides. */
  List<ObjectNode> resultsWithoutTimes() {
    return results().stream()
        .map(result -> result.without(List.of("train_seconds", "images_per_second")))
        .map(ObjectNode.class::cast)
        .toList();
  }

  /** Both outputs, for messages. */
  String output() {
    return "exit code " + code + "\n" + String.join("\n", out) + "\n" + err;
  }
}
