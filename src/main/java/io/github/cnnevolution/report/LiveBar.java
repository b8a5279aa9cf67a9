package io.github.cnnevolution.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How every progress bar of this program looks: at the end of the screen, four times a second, with
 * lines below it if there are any, and gone when it is closed.
 */
final class LiveBar implements ProgressBarConsumer {
  private static final int REFRESH_MILLIS = 250;

  /** A longer bar says no more. */
  private static final int LONGEST = 120;

  private final Screen screen;
  private final Supplier<List<String>> below;

  private boolean closed;

  /** Shows a bar, and below it these lines, which are asked for each time. */
  LiveBar(Screen screen, Supplier<List<String>> below) {
    this.screen = screen;
    this.below = below;
  }

  /** The settings that all bars share. */
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
   * Clears the screen for good. The library calls it when the bar is closed; where the closing
   * thread is interrupted, only later, so that the owner calls it too.
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      screen.clear();
    }
  }
}
