package io.github.cnnevolution.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.Screen;
import io.github.cnnevolution.report.Style;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Detects terminals behind the standard streams through the C library; the JDK offers no way. */
final class Terminals {
  private static final int STANDARD_OUTPUT = 1;
  private static final int STANDARD_ERROR = 2;

  /** TIOCGWINSZ of Linux: returns the size of a terminal. */
  private static final long TIOCGWINSZ = 0x5413;

  private static final int ROWS = 0;
  private static final int COLUMNS = 1;

  /** The size of a terminal that does not report one. */
  private static final int[] USUAL = {24, 80};

  private static final int BUFFER_BYTES = 1 << 13;
  private static final int NARROWEST = 20;

  private Terminals() {}

  /**
   * Returns the console of this process. Text printed on a terminal appears above its live lines.
   * Text for a file or a pipe is UTF-8, as JSON demands (RFC 8259).
   *
   * @param output the standard output of this process; also becomes {@code System.out}
   */
  static Console console(StandardOutput output) {
    boolean fancy = isFancy(System.getenv());
    Style errStyle = style(STANDARD_ERROR);
    Style outStyle = style(STANDARD_OUTPUT);
    System.setOut(
        new PrintStream(
            new BufferedOutputStream(output, BUFFER_BYTES),
            true,
            outStyle.isTerminal() ? charset() : StandardCharsets.UTF_8));
    if (!fancy || !errStyle.isTerminal()) {
      return new Console(System.in, System.out, System.err, outStyle, Optional.empty());
    }
    Screen screen = new Screen(System.err, charset(), errStyle);
    PrintStream err = screen.above(System.err);
    PrintStream out = outStyle.isTerminal() ? screen.above(System.out) : System.out;
    // Also covers libraries that print, and uncaught exceptions.
    System.setErr(err);
    return new Console(System.in, out, err, outStyle, Optional.of(screen));
  }

  /** Whether the terminal supports escape sequences. */
  private static boolean isFancy(Map<String, String> environment) {
    String kind = environment.getOrDefault("TERM", "");
    return !kind.isEmpty() && !kind.equals("dumb");
  }

  private static Style style(int descriptor) {
    if (!isTerminal(descriptor)) {
      return Style.PLAIN;
    }
    Map<String, String> environment = System.getenv();
    // https://no-color.org: set, and not empty.
    boolean colour = isFancy(environment) && environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean unicode = charset().newEncoder().canEncode('\u2501');
    return new Style(
        () -> Math.max(NARROWEST, size(descriptor, COLUMNS)),
        () -> size(descriptor, ROWS),
        colour,
        unicode);
  }

  /** Returns the encoding of the standard streams. */
  private static Charset charset() {
    String name =
        System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding", ""));
    return name.isEmpty() || !Charset.isSupported(name)
        ? StandardCharsets.UTF_8
        : Charset.forName(name);
  }

  /** To load the C library takes longer than all else before the command, so Linux is asked. */
  private static boolean isTerminal(int descriptor) {
    try {
      return StreamTarget.of(descriptor).isTerminal().orElseGet(() -> isTty(descriptor));
    } catch (LinkageError e) {
      return false;
    }
  }

  private static boolean isTty(int descriptor) {
    return LibC.INSTANCE.isatty(descriptor) == 1;
  }

  /** Queries the size anew each time, since it may change at any time; takes a microsecond. */
  private static int size(int descriptor, int dimension) {
    short[] size = new short[4];
    int code = LibC.INSTANCE.ioctl(descriptor, new NativeLong(TIOCGWINSZ), size);
    int value = Short.toUnsignedInt(size[dimension]);
    return code == 0 && value > 0 ? value : USUAL[dimension];
  }

  /** The functions of the C library in use; JNA needs a visible interface. */
  interface LibC extends Library {
    /** The library. */
    LibC INSTANCE = Native.load("c", LibC.class);

    /** 1 if the file descriptor refers to a terminal. */
    int isatty(int descriptor);

    /** Device control; returns 0 on success. */
    int ioctl(int descriptor, NativeLong request, Object... arguments);
  }
}
