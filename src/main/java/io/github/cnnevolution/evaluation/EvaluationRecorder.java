package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.device.ComputeDevice;

/** Writes evaluations into a cache and tells a listener of them. */
record EvaluationRecorder(EvaluationListener listener, EvaluationCache cache)
    implements WorkerListener<EvaluationJob, Evaluation> {
  @Override
  public void onStart(EvaluationJob job, String worker) {
    listener.onStart(job, worker);
    cache.started(job, worker);
  }

  @Override
  public void onEnd(
      EvaluationJob job, Evaluation evaluation, ComputeDevice device, long memoryBytes) {
    // Stored before listeners receive it.
    cache.ended(evaluation, device, memoryBytes);
    listener.onEnd(evaluation);
  }

  @Override
  public void onDeviceLost(LostDevice device) {
    listener.onDeviceLost(device);
  }
}
