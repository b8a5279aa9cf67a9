package io.github.cnnevolution.report;

import io.github.cnnevolution.evaluation.EvaluationJob;

/**
 * A candidate in training, as the live page shows it.
 *
 * @param worker who trains it, such as {@code cpu-0}
 * @param device where, such as {@code cpu}
 * @param job what is trained
 * @param startedMillis when it began, since 1970
 * @param epoch that is under way, from 1; 0 before the first
 * @param epochs in all
 * @param imagesPerSecond of late; 0 while it is not known
 */
public record RunningCandidate(
    String worker,
    String device,
    EvaluationJob job,
    long startedMillis,
    int epoch,
    int epochs,
    double imagesPerSecond) {}
