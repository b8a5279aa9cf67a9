/**
 * Trainings on all devices: the queue of jobs (pending, running, completed), the workers that take
 * them as the memory of their devices allows, retries after a lack of memory or the loss of a
 * device. Jobs are the candidates of a search ({@link
 * io.github.cnnevolution.evaluation.EvaluationService}) or final trainings ({@link
 * io.github.cnnevolution.evaluation.FinalTrainingService}).
 */
package io.github.cnnevolution.evaluation;
