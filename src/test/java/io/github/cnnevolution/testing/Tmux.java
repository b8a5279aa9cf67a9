package io.github.cnnevolution.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A real terminal without a window: a tmux server of its own with one pane. */
public final class Tmux implements AutoCloseable {
  private static final int ROWS = 30;
  private static final int PATIENCE_SECONDS = 180;

  private final String socket = "cnn-" + UUID.randomUUID();
  private final Path raw;

  private Tmux(Path raw) {
    this.raw = raw;
  }

  /**
   * Runs a command in a terminal; where there is no tmux, the calling test is skipped.
   *
   * @param directory the working directory, where what the terminal is sent is kept too
   */
  public static Tmux run(
      Path directory, int columns, Map<String, String> environment, List<String> command)
      throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/tmux")), "no tmux here; install it to test terminals");
    Tmux tmux = new Tmux(directory.resolve("raw"));
    List<String> start =
        new ArrayList<>(
            List.of(
                "new-session", "-d", "-x", "" + columns, "-y", "" + ROWS, "-c", "" + directory));
    environment.forEach((name, value) -> start.addAll(List.of("-e", name + "=" + value)));
    start.add("bash --norc --noprofile");
    tmux.tmux(start.toArray(String[]::new));
    tmux.tmux("set", "-g", "remain-on-exit", "on");
    tmux.tmux("pipe-pane", "cat > '" + tmux.raw + "'");
    Path script = directory.resolve("go.sh");
    String line = String.join(" ", command.stream().map(word -> "'" + word + "'").toList());
    Files.writeString(script, "clear\n" + line + "\necho code $?\n");
    tmux.keys(". ./go.sh", "Enter");
    return tmux;
  }

  private String tmux(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("tmux", "-f", "/dev/null", "-L", socket));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assertions.assertEquals(0, process.waitFor(), () -> String.join(" ", command));
    return out;
  }

  /** Types; names such as {@code Enter} and {@code C-c} are keys. */
  public void keys(String... keys) throws Exception {
    List<String> command = new ArrayList<>(List.of("send-keys"));
    command.addAll(List.of(keys));
    tmux(command.toArray(String[]::new));
  }

  /** Makes the terminal narrower or wider. */
  public void resize(int columns) throws Exception {
    tmux("resize-window", "-x", "" + columns);
  }

  /** What is on the screen now, without trailing spaces and empty lines. */
  public List<String> screen() throws Exception {
    return lines(tmux("capture-pane", "-p"));
  }

  /** The same with what has scrolled away, and with lines that the terminal had to fold in one. */
  public List<String> everything() throws Exception {
    return lines(tmux("capture-pane", "-p", "-J", "-S", "-"));
  }

  /** What is on the screen, with lines that the terminal had to fold in one. */
  public List<String> unfolded() throws Exception {
    return lines(tmux("capture-pane", "-p", "-J"));
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::stripTrailing).filter(line -> !line.isEmpty()).toList();
  }

  /** A variable of tmux about the pane, such as {@code cursor_flag}. */
  public String variable(String name) throws Exception {
    return tmux("display-message", "-p", "#{" + name + "}").strip();
  }

  /** Every byte that the terminal has been sent. */
  public String raw() throws IOException {
    return Files.readString(raw, StandardCharsets.UTF_8);
  }

  /** Waits for a screen like this, and gives it. */
  public List<String> await(Predicate<List<String>> wanted) throws Exception {
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    List<String> screen = screen();
    while (!wanted.test(screen)) {
      Assertions.assertTrue(System.nanoTime() < end, "never seen; now: " + screen);
      Thread.sleep(50);
      screen = screen();
    }
    return screen;
  }

  /** Waits for the end of the command, and gives the last screen. */
  public List<String> awaitEnd() throws Exception {
    return await(screen -> screen.stream().anyMatch(line -> line.startsWith("code ")));
  }

  @Override
  public void close() throws Exception {
    tmux("kill-server");
  }
}
