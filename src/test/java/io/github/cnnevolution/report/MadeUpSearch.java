package io.github.cnnevolution.report;

import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.GpuUsage;
import io.github.cnnevolution.device.Precision;
import io.github.cnnevolution.engine.ExecutorState;
import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.engine.SearchStart;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.search.Operators;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.space.Chromosome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Events of a search that nobody makes, for tests of what shows them. */
final class MadeUpSearch {
  static final GenerationCounts NOTHING_TRAINED = new GenerationCounts(0, 0, 0, 0);

  private MadeUpSearch() {}

  /** A search in the plain space without a store. */
  static SearchStart start(int generations, Supplier<List<GpuUsage>> gpus) {
    return start(generations, gpus, new RunDirectory(Path.of("run")), null, List::of);
  }

  /** A search of three generations. */
  static SearchStart start(
      RunDirectory directory, EvaluationStore store, Supplier<List<ExecutorState>> executors) {
    return start(3, List::of, directory, store, executors);
  }

  private static SearchStart start(
      int generations,
      Supplier<List<GpuUsage>> gpus,
      RunDirectory directory,
      EvaluationStore store,
      Supplier<List<ExecutorState>> executors) {
    return new SearchStart(
        SearchSettings.builder().generations(generations).build(),
        directory,
        store,
        "data",
        100,
        500,
        1000,
        List.of(Devices.cpu()),
        Precision.FP32,
        1,
        0,
        gpus,
        executors);
  }

  static List<Proposal> proposals(int generation, Chromosome... chromosomes) {
    List<Proposal> proposals = new ArrayList<>();
    for (Chromosome chromosome : chromosomes) {
      long index = 100L * generation + proposals.size();
      proposals.add(new Proposal(index, generation, chromosome, Operators.RANDOM, List.of()));
    }
    return proposals;
  }
}
