/**
 * From chromosomes to fitness: the queue of jobs (pending, running, completed), the workers that
 * take them as the memory of their devices allows, what becomes of jobs whose memory or device
 * failed, the store of what has been evaluated, and the best model found so far.
 */
package io.github.cnnevolution.evaluation;
