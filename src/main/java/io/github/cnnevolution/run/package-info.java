/**
 * What a run leaves and what it resumes from: its directory and lock, the store of evaluations, the
 * facts about it, the kept models with their JSON, and final trainings.
 */
package io.github.cnnevolution.run;
