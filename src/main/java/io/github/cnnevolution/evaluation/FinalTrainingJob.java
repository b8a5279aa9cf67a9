package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;

/**
 * The training of a network to the end, with one seed, or a part of it.
 *
 * @param id counts the jobs from 0
 * @param architecture what is trained
 * @param seed with the architecture, determines the training; unique among the jobs
 * @param lastEpoch after which it ends; before that of the recipe, it leaves a checkpoint alone,
 *     from which another job goes on
 */
public record FinalTrainingJob(long id, Architecture architecture, long seed, int lastEpoch)
    implements TrainingJob {}
