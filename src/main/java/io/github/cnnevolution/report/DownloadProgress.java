package io.github.cnnevolution.report;

import io.github.cnnevolution.data.DownloadListener;
import io.github.cnnevolution.text.Text;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;

/** Shows the progress of a download: a bar on a terminal, else a line per 10 %. */
public final class DownloadProgress implements DownloadListener, AutoCloseable {
  private static final long MIB = 1 << 20;
  private static final int LINES = 10;

  private final Console console;
  private Optional<ProgressBar> bar = Optional.empty();
  private long lastTenth = -1;

  /** Creates a progress display on the console's standard error. */
  public DownloadProgress(Console console) {
    this.console = console;
  }

  @Override
  public void onProgress(long bytes, long total) {
    if (console.screen().isPresent()) {
      if (bar.isEmpty()) {
        bar = Optional.of(bar(console.screen().get()));
      }
      bar.get().maxHint(total).stepTo(bytes);
    } else if (total > 0 && bytes * LINES / total > lastTenth) {
      lastTenth = bytes * LINES / total;
      console.err().print(Text.format("downloaded %d of %d MiB%n", bytes / MIB, total / MIB));
    }
  }

  private static ProgressBar bar(Screen screen) {
    return new LiveBar(screen, List::of)
        .builder("CIFAR-100")
        .setUnit(" MiB", MIB)
        .showSpeed()
        .build();
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
    bar = Optional.empty();
  }
}
