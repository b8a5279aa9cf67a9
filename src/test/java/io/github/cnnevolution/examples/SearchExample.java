package io.github.cnnevolution.examples;

import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchResult;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.search.Generation;
import java.nio.file.Path;

/** Runs a search with a listener of its own and gets the best network. */
public final class SearchExample {
  private SearchExample() {}

  // docs: search
  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare(); // once, first thing: settings of the process that LibTorch needs
    SearchSettings settings =
        SearchSettings.builder().data("synthetic").trainLimit(60).epochs(1)
            .populationSize(4).generations(2).directory(Path.of(arguments[0])).build();
    SearchListener listener = new SearchListener() {
      @Override
      public void onGenerationEnd(Generation generation, GenerationCounts counts) {
        System.out.println(generation.index() + ": " + generation.best().fitness());
      }
    };
    try (Search search = Search.start(settings, listener)) {
      SearchResult result = search.run();
      System.out.println(result.best().orElseThrow().job().architecture().phenotype());
      System.out.println(result.model()); // weights that PyTorch reads
    }
  }
  // end
}
