package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.EvaluationJob;

/**
 * A candidate in training, as the live page shows it.
 *
 * @param worker its worker, such as {@code cpu-0}
 * @param device its device, such as {@code cpu}
 * @param job its job
 * @param startedMillis its start, in milliseconds since 1970
 * @param epoch current epoch, from 1; 0 before the first
 * @param epochs number of epochs
 * @param imagesPerSecond recent speed; 0 while unknown
 */
public record RunningCandidate(
    String worker,
    String device,
    EvaluationJob job,
    long startedMillis,
    int epoch,
    int epochs,
    double imagesPerSecond) {}
