package io.github.cnnevolution.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar at the end of the screen, with optional lines below it. It is redrawn four times a
 * second and erased when closed.
 */
final class LiveBar implements ProgressBarConsumer {
  private static final int REFRESH_MILLIS = 250;

  /** A longer bar would show nothing more. */
  private static final int LONGEST = 120;

  private final Screen screen;
  private final Supplier<List<String>> below;

  private boolean closed;

  /** Shows a bar with these lines below it, which are queried for each redraw. */
  LiveBar(Screen screen, Supplier<List<String>> below) {
    this.screen = screen;
    this.below = below;
  }

  /** Returns the settings that all bars share. */
  ProgressBarBuilder builder(String task) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setStyle(style(screen.style()))
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .continuousUpdate()
        .clearDisplayOnFinish()
        .setConsumer(this);
  }

  static ProgressBarStyle style(Style style) {
    if (!style.unicode()) {
      return ProgressBarStyle.ASCII;
    }
    return style.colour() ? ProgressBarStyle.COLORFUL_UNICODE_BAR : ProgressBarStyle.UNICODE_BLOCK;
  }

  @Override
  public int getMaxRenderedLength() {
    return Math.min(LONGEST, screen.style().columns().getAsInt() - 1);
  }

  @Override
  public synchronized void accept(String bar) {
    if (!closed) {
      List<String> lines = new ArrayList<>();
      lines.add(bar.strip());
      lines.addAll(below.get());
      screen.show(lines);
    }
  }

  /**
   * Erases the bar. The library calls this when the bar is closed, but late if the closing thread
   * is interrupted; so the owner calls it too.
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      screen.clear();
    }
  }
}
