package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.run.StoredEvaluation;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.training.EpochMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongBiFunction;

/** Candidates, devices and evaluators for tests of the pool. */
public final class Candidates {
  /** What LibTorch throws where a GPU's memory does not suffice. */
  public static final String OUT_OF_MEMORY =
      "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 1.95 GiB";

  /** What LibTorch throws after a kernel has failed: the CUDA runtime's error 719. */
  public static final String DEVICE_LOST = "CUDA error: unspecified launch failure";

  private static final Map<Architecture, Chromosome> CHROMOSOMES = chromosomes();

  private Candidates() {}

  private static Map<Architecture, Chromosome> chromosomes() {
    Map<Architecture, Chromosome> chromosomes = new HashMap<>();
    for (int i = 0; i < 1 << 20; i += 2) {
      Chromosome chromosome = new Chromosome(Integer.toBinaryString(i | 1 << 20).substring(1));
      chromosomes.putIfAbsent(PlainNetworks.decode(chromosome), chromosome);
    }
    return chromosomes;
  }

  /** Chromosomes of the first architectures in the order of {@link PlainNetworks#all}. */
  public static List<Chromosome> distinct(int count) {
    return PlainNetworks.all().stream().limit(count).map(CHROMOSOMES::get).toList();
  }

  /** A job for the architecture at {@code index} in {@link PlainNetworks#all}. */
  public static EvaluationJob job(long id, int index) {
    Architecture architecture = PlainNetworks.all().get(index);
    return new EvaluationJob(id, CHROMOSOMES.get(architecture), architecture);
  }

  /** A device of this name's kind whose threads need no binding: {@code cpu}, {@code cpu1}, ... */
  public static ComputeDevice cpu(int index) {
    return new ComputeDevice(
        ComputeDevice.Kind.CPU, index, "CPU", Set.of(Precision.FP32), Precision.FP32);
  }

  /** Workers of candidates whose memory is not limited. */
  public static DeviceWorkers<EvaluationJob, Evaluation> workers(
      ComputeDevice device, int workers, CandidateEvaluator evaluator) {
    return new DeviceWorkers<>(device, workers, evaluator);
  }

  /** Workers of candidates that share so much memory. */
  public static DeviceWorkers<EvaluationJob, Evaluation> workers(
      ComputeDevice device, int workers, long memoryBytes, CandidateEvaluator evaluator) {
    return new DeviceWorkers<>(device, workers, memoryBytes, evaluator);
  }

  /** A result whose fitness shows the depth and the number of micro-batches. */
  public static Evaluation success(EvaluationJob job, String worker, int microBatches) {
    double fitness = PlainNetworks.depth(job.architecture()) / 10.0 + (microBatches - 1) / 100.0;
    return Evaluation.ofAccuracy(job, fitness, List.of(), 1, 1, microBatches, worker);
  }

  /** An evaluator with an estimate of memory. */
  public static CandidateEvaluator needing(
      ToLongBiFunction<EvaluationJob, Integer> memory, CandidateEvaluator evaluator) {
    return new CandidateEvaluator() {
      @Override
      public Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
          throws InterruptedException {
        return evaluator.evaluate(job, worker, microBatches);
      }

      @Override
      public long memoryBytes(EvaluationJob job, int microBatches) {
        return memory.applyAsLong(job, microBatches);
      }
    };
  }

  /** A success as the store keeps it. */
  public static StoredEvaluation stored(int index, double fitness, String key) {
    Evaluation evaluation =
        Evaluation.ofAccuracy(
            job(index, index),
            fitness,
            List.of(new EpochMetrics(4.6, 0.01), new EpochMetrics(4.1, 0.1 + 0.2)),
            1.5,
            2000.25,
            1,
            "cpu-0");
    return new StoredEvaluation(
        evaluation, key, 1, 2, "cpu", 0, 1_000_000, 1_001_500, Optional.empty());
  }
}
