package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;

/**
 * The training of a network to the end, with one seed.
 *
 * @param id counts the jobs from 0
 * @param architecture what is trained
 * @param seed with the architecture, determines the training; unique among the jobs
 */
public record FinalTrainingJob(long id, Architecture architecture, long seed)
    implements TrainingJob {}
