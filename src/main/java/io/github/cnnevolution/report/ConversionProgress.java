package io.github.cnnevolution.report;

import io.github.cnnevolution.data.ConversionListener;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** Shows the progress of a picture conversion: a bar on a terminal, else a line per 10 %. */
public final class ConversionProgress implements ConversionListener, AutoCloseable {
  private static final int LINES = 10;

  private final Console console;
  private Optional<ProgressBar> bar = Optional.empty();

  /** Creates a progress display on the console's standard error. */
  public ConversionProgress(Console console) {
    this.console = console;
  }

  @Override
  public void onProgress(int done, int total) {
    if (console.screen().isPresent()) {
      if (bar.isEmpty()) {
        bar =
            Optional.of(
                new LiveBar(console.screen().get(), List::of)
                    .builder("pictures")
                    .setInitialMax(total)
                    .build());
      }
      bar.get().stepTo(done);
    } else if (tenths(done, total) > tenths(done - 1, total)) {
      console.notices().print(Text.format("converted %d of %d pictures%n", done, total));
    }
  }

  private static long tenths(int done, int total) {
    return (long) done * LINES / total;
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
  }
}
