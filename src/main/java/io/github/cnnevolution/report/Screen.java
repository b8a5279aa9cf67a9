package io.github.cnnevolution.report;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A terminal with live lines at its end, which are redrawn in place. Text printed through {@link
 * #above} appears above them.
 *
 * <p>It only moves the cursor up and erases lines. The terminal's modes do not change, and the
 * cursor stays visible below the live lines, so nothing needs to be restored, even after kill -9.
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

  /** The lines as shown on the screen, cut to its width. */
  private List<String> drawn = List.of();

  /**
   * Creates a screen without live lines.
   *
   * @param terminal stream to the terminal
   * @param charset its encoding
   */
  public Screen(PrintStream terminal, Charset charset, Style style) {
    this.terminal = terminal;
    this.charset = charset;
    this.style = style;
  }

  /** Returns the formatting that it supports. */
  Style style() {
    return style;
  }

  /** Replaces the live lines, cut to the width of the terminal. */
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
   * Wraps a stream to this terminal or elsewhere, so that its lines appear above the live lines.
   */
  public PrintStream above(PrintStream target) {
    return new PrintStream(new Above(target), true, charset);
  }

  /**
   * Erases before it draws. Overwritten rows that the terminal had wrapped would stay marked as
   * wrapped, and join the next row when the terminal becomes wider.
   */
  private void draw() {
    StringBuilder text = new StringBuilder(erasure());
    drawn = fitting();
    for (String line : drawn) {
      text.append(line).append('\n');
    }
    print(text);
  }

  /** Writes in one piece, so that no partial drawing is visible. */
  private void print(CharSequence text) {
    byte[] bytes = text.toString().getBytes(charset);
    terminal.write(bytes, 0, bytes.length);
    terminal.flush();
  }

  /** Cuts lines below the full width: some terminals wrap a full line. */
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
   * Erases the drawn lines and moves the cursor to the first. Counts the rows that a narrower
   * terminal has wrapped. Erases line by line, since tmux would keep a screen that is erased as a
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

  /** Returns the text without colours. */
  public static String plain(String line) {
    return ESCAPES.matcher(line).replaceAll("");
  }

  /** Buffers to whole lines while live lines are shown; otherwise writes at once. */
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
