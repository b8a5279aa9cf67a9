package io.github.cnnevolution.evaluation;

/** Measures the latency of each network, then has it trained if it is fast enough. */
record LatencyEvaluator(CandidateEvaluator trained, LatencyMeasurement latency)
    implements CandidateEvaluator {
  @Override
  public Evaluation evaluate(EvaluationJob job, String worker, int microBatches)
      throws InterruptedException {
    latency.measure(job.architecture());
    return latency.with(latency.gate().working(() -> trained.evaluate(job, worker, microBatches)));
  }

  @Override
  public Evaluation failure(
      EvaluationJob job, int microBatches, FailureKind kind, String reason, String worker) {
    return trained.failure(job, microBatches, kind, reason, worker);
  }

  @Override
  public long memoryBytes(EvaluationJob job, int microBatches) {
    return trained.memoryBytes(job, microBatches);
  }

  @Override
  public long workerBytes() {
    return trained.workerBytes();
  }

  @Override
  public void releaseIdleMemory() {
    trained.releaseIdleMemory();
  }

  @Override
  public int maxMicroBatches() {
    return trained.maxMicroBatches();
  }
}
