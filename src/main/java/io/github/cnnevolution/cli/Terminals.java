package io.github.cnnevolution.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.Screen;
import io.github.cnnevolution.report.Style;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Optional;

/** What the standard streams lead to. Java does not tell; the C library does. */
final class Terminals {
  private static final int STANDARD_OUTPUT = 1;
  private static final int STANDARD_ERROR = 2;

  /** Of Linux: asks for the size of a terminal. */
  private static final long TIOCGWINSZ = 0x5413;

  private static final int ROWS = 0;
  private static final int COLUMNS = 1;

  /** Where a terminal does not say. */
  private static final int[] USUAL = {24, 80};

  private static final int NARROWEST = 20;

  private Terminals() {}

  /** The console of this process: what is printed on a terminal appears above its live lines. */
  static Console console() {
    boolean fancy = isFancy(System.getenv());
    Style errStyle = style(STANDARD_ERROR);
    Style outStyle = style(STANDARD_OUTPUT);
    if (!fancy || !errStyle.isTerminal()) {
      return new Console(System.in, System.out, System.err, outStyle, Optional.empty());
    }
    Screen screen = new Screen(System.err, charset(), errStyle);
    PrintStream err = screen.above(System.err);
    PrintStream out = outStyle.isTerminal() ? screen.above(System.out) : System.out;
    // For libraries that print, and for uncaught exceptions.
    System.setErr(err);
    return new Console(System.in, out, err, outStyle, Optional.of(screen));
  }

  /** Whether the terminal understands more than text. */
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

  /** In which Java writes to the standard streams. */
  private static Charset charset() {
    String name =
        System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding", ""));
    return name.isEmpty() || !Charset.isSupported(name)
        ? Charset.defaultCharset()
        : Charset.forName(name);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      return LibC.INSTANCE.isatty(descriptor) == 1;
    } catch (LinkageError e) {
      return false;
    }
  }

  /** Asked anew each time, since it changes without notice; takes a microsecond. */
  private static int size(int descriptor, int dimension) {
    short[] size = new short[4];
    int code = LibC.INSTANCE.ioctl(descriptor, new NativeLong(TIOCGWINSZ), size);
    int value = Short.toUnsignedInt(size[dimension]);
    return code == 0 && value > 0 ? value : USUAL[dimension];
  }

  /** The functions of the C library that are called; JNA needs the interface to be visible. */
  interface LibC extends Library {
    /** The library. */
    LibC INSTANCE = Native.load("c", LibC.class);

    /** 1 if the file descriptor refers to a terminal. */
    int isatty(int descriptor);

    /** Device control; 0 if it could be done. */
    int ioctl(int descriptor, NativeLong request, Object... arguments);
  }
}
