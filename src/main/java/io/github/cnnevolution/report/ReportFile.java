package io.github.cnnevolution.report;

import io.github.cnnevolution.files.AtomicFile;
import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.RunFacts;
import io.github.cnnevolution.run.RunState;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.StoredRunReader;
import io.github.cnnevolution.search.EvolutionListener;
import io.github.cnnevolution.search.Generation;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Keeps {@code report.html} of a running search up to date. Whatever goes wrong with it costs the
 * run nothing but one line: the page can be made again at any time.
 */
public final class ReportFile implements EvolutionListener {
  private final RunDirectory directory;
  private final StoredRunReader run;
  private final int generationsBefore;
  private final Console console;
  private final WriteThrottle budget = new WriteThrottle();
  private boolean warned;

  /**
   * The page of a run.
   *
   * @param store of the run, open in this process
   * @param console to which a failure is reported, once
   */
  public ReportFile(RunDirectory directory, EvaluationStore store, Console console) {
    this.directory = directory;
    this.run = new StoredRunReader(directory, store);
    this.console = console;
    this.generationsBefore = RunFacts.of(store.facts()).generationsDone();
  }

  /**
   * Writes the page after a generation that is new, unless it has been written so lately that this
   * would slow down the search: small networks on few images may take milliseconds.
   */
  @Override
  public void onGenerationEnd(Generation generation) {
    boolean isNew = generation.index() >= generationsBefore;
    if (isNew && budget.isLeft()) {
      write(RunState.RUNNING);
    }
  }

  /**
   * Writes the page.
   *
   * @param state of the run in one word
   */
  public void write(RunState state) {
    budget.spend(() -> tryToWrite(state));
  }

  private void tryToWrite(RunState state) {
    try {
      PageData data = PageData.of(run.read(), state, List.of());
      byte[] page = RunPage.selfContained(data).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(directory.report(), out -> out.write(page));
    } catch (ClosedByInterruptException e) {
      // The run is being stopped, and writes the page again at its end.
      return;
    } catch (IOException | StoreException e) {
      warn(e);
    }
  }

  private void warn(Exception e) {
    if (!warned) {
      warned = true;
      console
          .err()
          .println(
              "%s; the run goes on, and `report %s` makes its page later"
                  .formatted(e.getMessage(), ShellText.quoted(directory.path().toString())));
    }
  }
}
