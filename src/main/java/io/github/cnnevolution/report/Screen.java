package io.github.cnnevolution.report;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A terminal with some live lines at its end, which are redrawn in place. Whatever is printed
 * through {@link #above} in the meantime appears above them.
 *
 * <p>It only moves the cursor up and erases: no mode of the terminal is changed, the cursor stays
 * visible and rests below the live lines. So nothing needs to be put right, even after kill -9.
 * Safe to use from many threads.
 */
public final class Screen {
  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final String ERASE_LINE = "\r\u001b[2K";
  private static final String UP = "\u001b[A";

  private final PrintStream terminal;
  private final Charset charset;
  private final Style style;
  private List<String> lines = List.of();

  /** The lines as they are on the screen: cut, if they had to be. */
  private List<String> drawn = List.of();

  /**
   * A screen without live lines.
   *
   * @param terminal leads to it
   * @param charset its encoding
   */
  public Screen(PrintStream terminal, Charset charset, Style style) {
    this.terminal = terminal;
    this.charset = charset;
    this.style = style;
  }

  /** How text may look on it. */
  Style style() {
    return style;
  }

  /** Shows these lines instead of those before; what does not fit is cut. */
  synchronized void show(List<String> newLines) {
    lines = List.copyOf(newLines);
    draw();
  }

  /** Removes the live lines. */
  synchronized void clear() {
    lines = List.of();
    draw();
  }

  /**
   * A stream to the same terminal, or to something else, whose lines appear above the live ones.
   */
  public PrintStream above(PrintStream target) {
    return new PrintStream(new Above(target), true, charset);
  }

  /**
   * Erased first, not written over: a row that had been folded would keep a mark for its second
   * half, and be joined with the next when the terminal becomes wider.
   */
  private void draw() {
    StringBuilder text = new StringBuilder(erasure());
    drawn = fitting();
    for (String line : drawn) {
      text.append(line).append('\n');
    }
    print(text);
  }

  /** In one piece, so that nothing half drawn is ever seen. */
  private void print(CharSequence text) {
    byte[] bytes = text.toString().getBytes(charset);
    terminal.write(bytes, 0, bytes.length);
    terminal.flush();
  }

  /** A line as wide as the terminal would make some terminals begin another. */
  private List<String> fitting() {
    int width = style.columns().getAsInt() - 1;
    int height = Math.max(1, style.rows().getAsInt() - 1);
    List<String> fitting = new ArrayList<>();
    for (String line : lines.subList(0, Math.min(lines.size(), height))) {
      String plain = plain(line);
      fitting.add(plain.length() <= width ? line : plain.substring(0, Math.max(0, width)));
    }
    return fitting;
  }

  /**
   * From below the drawn lines to the first of them, and away with them. A terminal that has become
   * narrower since has folded them. Line by line: tmux would keep a screen that is erased as a
   * whole in its history.
   */
  private String erasure() {
    int width = Math.max(1, style.columns().getAsInt());
    int rows = 0;
    for (String line : drawn) {
      rows += Math.max(1, (plain(line).length() + width - 1) / width);
    }
    rows = Math.min(rows, style.rows().getAsInt() - 1);
    return rows > 0 ? ERASE_LINE + (UP + ERASE_LINE).repeat(rows) : "";
  }

  /** Without colours. */
  static String plain(String line) {
    return ESCAPES.matcher(line).replaceAll("");
  }

  /**
   * Passes on whole lines while live lines are there, and everything at once while they are not.
   */
  private final class Above extends OutputStream {
    private final PrintStream target;
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();

    Above(PrintStream target) {
      this.target = target;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      synchronized (Screen.this) {
        int end = length;
        while (!drawn.isEmpty() && end > 0 && bytes[offset + end - 1] != '\n') {
          end--;
        }
        if (end > 0) {
          unfinished.write(bytes, offset, end);
          pass();
        }
        unfinished.write(bytes, offset + end, length - end);
      }
    }

    private void pass() {
      boolean live = !drawn.isEmpty();
      if (live) {
        print(erasure());
        drawn = List.of();
      }
      target.write(unfinished.toByteArray(), 0, unfinished.size());
      target.flush();
      unfinished.reset();
      if (live) {
        draw();
      }
    }

    @Override
    public void flush() {
      synchronized (Screen.this) {
        if (drawn.isEmpty() && unfinished.size() > 0) {
          pass();
        }
        target.flush();
      }
    }
  }
}
