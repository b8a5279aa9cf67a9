package io.github.cnnevolution.report;

import io.github.cnnevolution.text.Text;
import java.time.Duration;
import java.util.function.Supplier;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/**
 * The progress bar of a generation: the fraction of its work done, the candidates with a fitness,
 * the elapsed time and the time left.
 */
final class GenerationBar extends DefaultProgressBarRenderer {
  private final Supplier<SearchSnapshot> search;
  private SearchSnapshot now;

  /** Creates a bar that queries the search each time it is drawn. */
  GenerationBar(Style style, Supplier<SearchSnapshot> search) {
    super(LiveBar.style(style), "", 1, false, null, null, true, state -> search.get().left());
    this.search = search;
    this.now = search.get();
  }

  /** All parts show the same snapshot. */
  @Override
  public synchronized String render(ProgressState state, int length) {
    now = search.get();
    return super.render(state, length);
  }

  @Override
  protected int progressIntegralPart(ProgressState state, int length) {
    return (int) (now.fraction() * length);
  }

  /** Draws whole characters only. */
  @Override
  protected int progressFractionalPart(ProgressState state, int length) {
    return 0;
  }

  @Override
  protected String percentage(ProgressState state) {
    return Text.format("%3d%%", (int) (100 * now.fraction()));
  }

  @Override
  protected String ratio(ProgressState state) {
    return now.done() + "/" + now.candidates();
  }

  @Override
  protected String etaString(ProgressState state) {
    return now.left().map(GenerationBar::clock).orElse("?") + " left";
  }

  /** Formats hours, minutes and seconds. */
  static String clock(Duration time) {
    return Text.format("%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }
}
