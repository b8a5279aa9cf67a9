package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.GenerationCounts;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchStart;
import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.StoredRunReader;
import io.github.cnnevolution.search.Generation;
import io.github.cnnevolution.search.Proposal;
import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Keeps {@code report.html} of a running search up to date. A failure is reported in one line and
 * does not affect the run; the page can be rebuilt at any time.
 */
public final class ReportFile implements SearchListener {
  private final Console console;
  private final WriteThrottle throttle = new WriteThrottle();
  private Optional<SearchStart> search = Optional.empty();
  private Optional<StoredRunReader> run = Optional.empty();
  private boolean warned;

  /**
   * Creates the page of a search that has not begun.
   *
   * @param console where the first failure is reported
   */
  public ReportFile(Console console) {
    this.console = console;
  }

  @Override
  public void onSearchStart(SearchStart start) {
    search = Optional.of(start);
    run = Optional.of(new StoredRunReader(start.directory(), start.store()));
  }

  /**
   * Writes the page after a new generation, unless that would slow the search down: a generation of
   * small networks may take milliseconds.
   */
  @Override
  public void onGenerationEnd(Generation generation, GenerationCounts counts) {
    boolean isNew = generation.index() >= search.orElseThrow().generationsDone();
    if (isNew && throttle.isLeft()) {
      write(RunState.RUNNING);
    }
  }

  /** A search without generations gets its page now and then. */
  @Override
  public void onProposals(int generation, List<Proposal> proposals) {
    boolean begun = proposals.get(0).index() > 0;
    if (begun
        && SearchText.hasNoGenerations(search.orElseThrow().settings())
        && throttle.isLeft()) {
      write(RunState.RUNNING);
    }
  }

  @Override
  public void onSearchEnd(RunState state) {
    write(state);
  }

  private void write(RunState state) {
    throttle.spend(() -> tryToWrite(state));
  }

  private void tryToWrite(RunState state) {
    RunDirectory directory = search.orElseThrow().directory();
    try {
      StoredRunReader reader = run.orElseThrow();
      PageData data = PageData.of(reader.read(), state, List.of(), reader.space());
      byte[] page = RunPage.selfContained(data).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(directory.report(), out -> out.write(page));
    } catch (ClosedByInterruptException e) {
      // The run is being stopped and writes the page at its end.
      return;
    } catch (IOException | StoreException e) {
      warn(e, directory);
    }
  }

  private void warn(Exception e, RunDirectory directory) {
    if (!warned) {
      warned = true;
      console
          .err()
          .println(
              Text.format(
                  "%s; the run continues, and `report %s` writes its page later",
                  e.getMessage(), ShellText.quoted(directory.path().toString())));
    }
  }
}
