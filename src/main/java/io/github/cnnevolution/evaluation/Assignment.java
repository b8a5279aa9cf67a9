package io.github.cnnevolution.evaluation;

import java.util.Optional;

/**
 * What a worker takes from the queue.
 *
 * @param microBatches into how many parts each batch is split, at least 1
 * @param alone whether no other job uses the device meanwhile
 * @param refusal why the job must not be tried at all, if so
 */
record Assignment<J extends TrainingJob>(
    J job, int microBatches, boolean alone, Optional<String> refusal) {}
