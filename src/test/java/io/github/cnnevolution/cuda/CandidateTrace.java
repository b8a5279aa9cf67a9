package io.github.cnnevolution.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * What one worker asked of CUDA for one candidate: building the network, training it, measuring it.
 *
 * <p>The trace has no marks; a candidate is told from the next by what only a start does. Weights
 * are drawn from a uniform distribution, which nothing else draws from, and the last thing asked of
 * a candidate is a copy of its result to the host. A training step ends with the optimizer's fused
 * kernel: SGD's, launched once for the weights that decay and once for the others, or Adam's, with
 * which Muon ends.
 *
 * @param worker the name of its thread
 * @param calls in their order, at least one
 */
record CandidateTrace(String worker, List<CudaCall> calls) {
  static final String DRAWS_WEIGHTS = "uniform";
  private static final String SGD = "FusedSgd";
  private static final String ADAM = "FusedAdam";

  CandidateTrace {
    calls = List.copyOf(calls);
  }

  /** Cuts the calls of one thread into those of its candidates. */
  static List<List<CudaCall>> split(List<CudaCall> calls) {
    List<List<CudaCall>> parts = new ArrayList<>();
    int start = 0;
    int afterResult = 0;
    boolean trained = false;
    for (int i = 0; i < calls.size(); i++) {
      CudaCall call = calls.get(i);
      if (trained && call.launches(DRAWS_WEIGHTS)) {
        // A candidate that failed has no result: then the draw itself is the border.
        int border = afterResult > start ? afterResult : i;
        parts.add(calls.subList(start, border));
        start = border;
        trained = false;
      } else if (isOptimizer(call)) {
        trained = true;
        afterResult = start;
      } else if (trained && call.isCopy("D2H")) {
        afterResult = i + 1;
        // The wait for the copy belongs to it.
        if (afterResult < calls.size() && calls.get(afterResult).waits()) {
          afterResult++;
        }
      }
    }
    if (start < calls.size()) {
      parts.add(calls.subList(start, calls.size()));
    }
    return parts;
  }

  /** Whether the optimizer's kernel is launched. */
  static boolean isOptimizer(CudaCall call) {
    return call.launches(SGD) || call.launches(ADAM);
  }

  /** The device that the candidate was trained on. */
  int device() {
    return calls.get(calls.size() - 1).device();
  }

  /** The time of the first launch. */
  long start() {
    return launches().findFirst().orElse(calls.get(0)).time();
  }

  /** The time of the last launch. */
  long end() {
    return launches().reduce((a, b) -> b).orElse(calls.get(calls.size() - 1)).time();
  }

  private java.util.stream.Stream<CudaCall> launches() {
    return calls.stream().filter(CudaCall::isLaunch);
  }

  /** Whether it came as far as the optimizer at least once. */
  boolean isTrained() {
    return calls.stream().anyMatch(CandidateTrace::isOptimizer);
  }

  /**
   * The calls of each training step: from one end of the optimizer to the next. The first has the
   * building of the network too; what follows an epoch's last step, such as reading its loss, is in
   * the next step.
   */
  List<List<CudaCall>> steps() {
    List<List<CudaCall>> steps = new ArrayList<>();
    int start = 0;
    int launches = 0;
    for (int i = 0; i < calls.size(); i++) {
      CudaCall call = calls.get(i);
      if (call.launches(ADAM) || (call.launches(SGD) && ++launches % 2 == 0)) {
        steps.add(calls.subList(start, i + 1));
        start = i + 1;
      }
    }
    return steps;
  }
}
