package io.github.cnnevolution.cuda;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.training.TrainingRecipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What training with either optimizer asks of CUDA: a run with two devices and three workers on
 * each.
 */
@ParameterizedClass
@ValueSource(strings = {"muon", "sgd"})
class TrainingOnRecorder {
  private static final int DEVICES = 2;
  private static final int WORKERS = 3;
  private static final int CANDIDATES = 18;
  private static final int EPOCHS = 3;
  private static final int STEPS_AN_EPOCH = 8;
  private static final int BATCH = 32;
  private static final int IMAGES = STEPS_AN_EPOCH * BATCH;
  // One of the six synthetic images of each class.
  private static final int VALIDATION_IMAGES = 100;
  // Steps in which the allocator's cache and cuDNN's plans fill.
  private static final int WARMUP = 3;

  private static final long IMAGE_BYTES = 3 * 32 * 32;
  private static final long LABEL_BYTES = Long.BYTES;
  private static final long CANDIDATE_BYTES = 64 << 10;

  @TempDir private static Path directory;
  @Parameter private String unusedOptimizer;
  private static CudaTrace trace;
  private static List<CandidateTrace> candidates;
  private static CudaTrace training;

  @BeforeParameterizedClassInvocation
  static void train(String optimizer) throws Exception {
    RecorderRun run =
        Recorder.withDevices(DEVICES)
            .evaluate(
                directory,
                Networks.first(CANDIDATES),
                "--gpus=0,1",
                "--optimizer=" + optimizer,
                "--workers_per_gpu=" + WORKERS,
                "--train_limit=" + IMAGES,
                "--batch_size=" + BATCH,
                "--epochs=" + EPOCHS)
            .succeeded();
    assertEquals(CANDIDATES, run.results().size());
    trace = run.trace();
    candidates = trace.candidates();
    CudaTrace updates = trace.only(CandidateTrace::isOptimizer);
    training =
        trace.between(
            updates.calls().get(0).time(), updates.calls().get(updates.calls().size() - 1).time());
  }

  @Test
  void everyCandidateIsFoundInTheTrace() {
    assertEquals(CANDIDATES, candidates.size());
    for (CandidateTrace candidate : candidates) {
      assertEquals(EPOCHS * STEPS_AN_EPOCH, candidate.steps().size(), candidate.worker());
    }
  }

  @Test
  void theDataGoesToEachDeviceOncePinnedAndWithoutWaiting() {
    long images = IMAGES + VALIDATION_IMAGES;
    for (int device = 0; device < DEVICES; device++) {
      int index = device;
      CudaTrace copies = trace.ofDevice(device).only(call -> call.isCopy("H2D"));
      CudaTrace large = copies.only(call -> call.bytes() > CANDIDATE_BYTES);
      long count = candidates.stream().filter(c -> c.device() == index).count();
      assertAll(
          () -> assertTrue(large.calls().stream().allMatch(CudaCall::pinned), large::toString),
          () -> assertTrue(large.calls().stream().noneMatch(CudaCall::waits), large::toString),
          () -> assertEquals(images * IMAGE_BYTES, large.bytes(), () -> "GPU " + index),
          () ->
              assertTrue(
                  copies.bytes() <= images * (IMAGE_BYTES + LABEL_BYTES) + count * CANDIDATE_BYTES,
                  () -> copies.bytes() + " bytes for " + count + " candidates"));
    }
  }

  @Test
  void noStepCopiesToOrFromTheHostOrWaits() {
    for (CandidateTrace candidate : candidates) {
      List<List<CudaCall>> steps = candidate.steps();
      for (int step = WARMUP; step < steps.size(); step++) {
        CudaTrace stops = only(steps.get(step)).only(call -> call.isHostCopy() || call.waits());
        // The step after an epoch's last one begins with reading the epoch's loss and hits.
        int allowed = step % STEPS_AN_EPOCH == 0 ? 2 : 0;
        assertTrue(
            stops.calls().size() <= allowed,
            "%s, step %d: %s".formatted(candidate.worker(), step, stops.counts()));
      }
      // After the last step: the last epoch's figures, and the hits on the validation images.
      int steady = steps.stream().mapToInt(List::size).sum();
      CudaTrace end =
          only(candidate.calls().subList(steady, candidate.calls().size()))
              .only(call -> call.isHostCopy() || call.waits());
      assertTrue(end.calls().size() <= 4, () -> candidate.worker() + ": " + end.counts());
    }
  }

  @Test
  void nothingIsLaunchedOnTheDefaultStreamDuringTraining() {
    CudaTrace launches = training.launches().only(call -> call.stream() == 0);
    assertEquals(Map.of(), launches.counts());
    // Neither by a worker at any other time, such as while it builds a network.
    assertEquals(Map.of(), trace.ofWorkers().launches().only(call -> call.stream() == 0).counts());
  }

  @Test
  void eachWorkerHasAStreamOfItsOwn() {
    for (int device = 0; device < DEVICES; device++) {
      CudaTrace launches = training.launches().ofDevice(device);
      Map<Integer, Set<Integer>> streams =
          launches.calls().stream()
              .collect(
                  Collectors.groupingBy(
                      CudaCall::thread,
                      TreeMap::new,
                      Collectors.mapping(CudaCall::stream, Collectors.toSet())));
      assertEquals(WORKERS, streams.size(), streams::toString);
      assertTrue(streams.values().stream().allMatch(set -> set.size() == 1), streams::toString);
      assertEquals(WORKERS, launches.streams().size(), streams::toString);
    }
  }

  @Test
  void theStreamsOfADeviceInterleave() {
    for (int device = 0; device < DEVICES; device++) {
      int index = device;
      List<CandidateTrace> here = candidates.stream().filter(c -> c.device() == index).toList();
      List<String> workers = here.stream().map(CandidateTrace::worker).distinct().toList();
      for (String a : workers) {
        for (String b : workers) {
          assertTrue(
              a.equals(b) || here.stream().anyMatch(x -> x.worker().equals(a) && meets(x, here, b)),
              () -> b + " launches nothing while " + a + " trains a candidate");
        }
      }
    }
  }

  /** Whether worker {@code other} launches between the first and the last launch of a candidate. */
  private static boolean meets(CandidateTrace candidate, List<CandidateTrace> all, String other) {
    return all.stream()
        .filter(c -> c.worker().equals(other))
        .flatMap(c -> c.calls().stream())
        .filter(CudaCall::isLaunch)
        .anyMatch(call -> call.time() > candidate.start() && call.time() < candidate.end());
  }

  @Test
  void onlyTheWorkersLaunch() {
    List<String> workers = new ArrayList<>();
    for (int device = 0; device < DEVICES; device++) {
      for (int worker = 0; worker < WORKERS; worker++) {
        workers.add("worker-gpu" + device + "-" + worker);
      }
    }
    assertEquals(Set.copyOf(workers), training.launches().callers());
  }

  @Test
  void aCandidateStaysOnOneDeviceAndStream() {
    for (CandidateTrace candidate : candidates) {
      CudaTrace launches = only(candidate.calls()).launches();
      assertEquals(1, launches.streams().size(), candidate.worker());
      assertTrue(
          launches.calls().stream().allMatch(call -> call.device() == candidate.device()),
          candidate.worker());
    }
  }

  /** The steps without dropout, which come after those with it, have a form of their own. */
  @Test
  void theSteadyStateTakesNoMemoryFromTheDriver() {
    int steps = EPOCHS * STEPS_AN_EPOCH;
    int dropping = (int) Math.ceil(TrainingRecipe.sgd(Precision.BF16).dropoutFraction() * steps);
    assertTrue(WARMUP < dropping && dropping + WARMUP < steps, dropping + " steps with dropout");
    for (CandidateTrace candidate : candidates) {
      List<CudaCall> steady = new ArrayList<>();
      candidate.steps().subList(WARMUP, dropping).forEach(steady::addAll);
      candidate.steps().subList(dropping + WARMUP, steps).forEach(steady::addAll);
      assertEquals(
          Map.of(), only(steady).only(CudaCall::isAllocation).counts(), candidate.worker());
    }
  }

  @Test
  void nothingFailsOrIsUnknown() {
    // Whether a stream or an event is done is asked, and "not yet" is an answer.
    CudaTrace errors = trace.only(call -> call.error() != 0 && !call.name().endsWith("Query"));
    assertFalse(trace.calls().isEmpty());
    assertEquals(Map.of(), errors.counts());
  }

  private static CudaTrace only(List<CudaCall> calls) {
    return new CudaTrace(calls, trace.threads());
  }
}
