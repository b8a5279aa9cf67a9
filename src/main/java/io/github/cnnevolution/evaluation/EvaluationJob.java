package io.github.cnnevolution.evaluation;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;

/**
 * The training of one candidate of a search.
 *
 * @param id counts the jobs of a run from 0 in the order in which they were submitted, which does
 *     not depend on workers
 * @param chromosome the first that asked for this architecture
 * @param architecture what is trained
 */
public record EvaluationJob(long id, Chromosome chromosome, Architecture architecture)
    implements TrainingJob {}
