package io.github.cnnevolution.search;

import io.github.cnnevolution.space.Chromosome;
import java.util.List;

/** The fitness of a whole population. */
@FunctionalInterface
interface PopulationEvaluator {
  List<Double> evaluate(int generation, List<Chromosome> population);
}
