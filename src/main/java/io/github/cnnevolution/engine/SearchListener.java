package io.github.cnnevolution.engine;

import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.EvaluationJob;
import io.github.cnnevolution.evaluation.LostDevice;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.training.TrainingProgress;
import java.util.List;

/** Told of what happens in a search; see {@link SessionListener} for the threads. */
public interface SearchListener extends SessionListener {
  /** Ignores all events. */
  SearchListener NONE = new SearchListener() {};

  /** Devices and data are ready; the first candidates follow. */
  default void onSearchStart(SearchStart start) {}

  /**
   * Candidates of a generation were proposed and are about to be evaluated. The genetic algorithm
   * proposes a generation at once; other algorithms may add to it.
   *
   * @param generation counts from 0
   * @param proposals the new ones, in their order
   */
  default void onProposals(int generation, List<Proposal> proposals) {}

  /**
   * All candidates of a generation have been evaluated.
   *
   * @param counts where the results of the generation came from
   */
  default void onGenerationEnd(Generation generation, GenerationCounts counts) {}

  /**
   * A network was stopped after a part of its training.
   *
   * @param evaluation after that part
   */
  default void onStopped(Evaluation evaluation) {}

  /** One of the best networks will be trained again, because its weights are not on disk. */
  default void onRetrain(Evaluation evaluation) {}

  /**
   * A network was trained again. The same conditions give the same accuracy.
   *
   * @param evaluation from the search
   * @param accuracy on the validation images, this time
   */
  default void onRetrained(Evaluation evaluation, double accuracy) {}

  /** The search is over or was stopped, and what it found is on disk. */
  default void onSearchEnd(RunState state) {}

  /** A listener that tells several, in their order. */
  static SearchListener all(List<? extends SearchListener> listeners) {
    List<SearchListener> all = List.copyOf(listeners);
    return new SearchListener() {
      @Override
      public void onNotice(String notice) {
        all.forEach(listener -> listener.onNotice(notice));
      }

      @Override
      public void onProgress(int done, int total) {
        all.forEach(listener -> listener.onProgress(done, total));
      }

      @Override
      public void onDataRead() {
        all.forEach(SessionListener::onDataRead);
      }

      @Override
      public void onStart(EvaluationJob job, String worker) {
        all.forEach(listener -> listener.onStart(job, worker));
      }

      @Override
      public void onProgress(EvaluationJob job, String worker, TrainingProgress progress) {
        all.forEach(listener -> listener.onProgress(job, worker, progress));
      }

      @Override
      public void onFound(Evaluation evaluation) {
        all.forEach(listener -> listener.onFound(evaluation));
      }

      @Override
      public void onEnd(Evaluation evaluation) {
        all.forEach(listener -> listener.onEnd(evaluation));
      }

      @Override
      public void onDeviceLost(LostDevice device) {
        all.forEach(listener -> listener.onDeviceLost(device));
      }

      @Override
      public void onSearchStart(SearchStart start) {
        all.forEach(listener -> listener.onSearchStart(start));
      }

      @Override
      public void onProposals(int generation, List<Proposal> proposals) {
        all.forEach(listener -> listener.onProposals(generation, proposals));
      }

      @Override
      public void onGenerationEnd(Generation generation, GenerationCounts counts) {
        all.forEach(listener -> listener.onGenerationEnd(generation, counts));
      }

      @Override
      public void onStopped(Evaluation evaluation) {
        all.forEach(listener -> listener.onStopped(evaluation));
      }

      @Override
      public void onRetrain(Evaluation evaluation) {
        all.forEach(listener -> listener.onRetrain(evaluation));
      }

      @Override
      public void onRetrained(Evaluation evaluation, double accuracy) {
        all.forEach(listener -> listener.onRetrained(evaluation, accuracy));
      }

      @Override
      public void onSearchEnd(RunState state) {
        all.forEach(listener -> listener.onSearchEnd(state));
      }
    };
  }
}
