package io.github.cnnevolution.cli;

import io.github.cnnevolution.files.OutOfMemoryKills;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.run.RunDirectory;
import io.github.cnnevolution.run.StoreException;
import io.github.cnnevolution.run.StoredRun;
import io.github.cnnevolution.text.Text;
import io.github.cnnevolution.training.ActiveClock;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Runs the search in a child process and restarts it when native code or the kernel has ended it.
 * Loads neither LibTorch nor data, so that a native crash cannot end this process too. Passes
 * Ctrl-C and SIGTERM on.
 */
final class Supervisor {
  private static final long PATIENCE_SECONDS = 90;

  /** Does not count against a candidate: a person may have sent it. */
  private static final String SIGKILL = "SIGKILL";

  /** Exit codes of a process that a crash or SIGKILL has ended, with the signal's name. */
  private static final Map<Integer, String> CRASHES =
      Map.of(
          132, "SIGILL",
          134, "SIGABRT",
          135, "SIGBUS",
          136, "SIGFPE",
          137, SIGKILL,
          139, "SIGSEGV");

  /** No candidate is to blame. */
  private static final String LOST_DEVICE = "a GPU failed";

  private final RunDirectory directory;
  private final Optional<Duration> maxTime;
  private final Console console;
  private final byte[] input;
  private final ActiveClock clock = ActiveClock.start();
  private Optional<Process> child = Optional.empty();
  private boolean stopping;

  /**
   * Creates a supervisor of the run in this directory, which need not exist yet.
   *
   * @param input standard input of the first child; if empty, the child reads what this process
   *     would
   */
  Supervisor(RunDirectory directory, Optional<Duration> maxTime, byte[] input, Console console) {
    this.directory = directory;
    this.maxTime = maxTime;
    this.input = input.clone();
    this.console = console;
  }

  /**
   * Runs the search to its end.
   *
   * @param first options of the first start, without those of the supervisor
   * @param later options of later starts, in addition to the directory
   * @return the exit code of the last child
   */
  int run(List<String> first, List<String> later) throws IOException, InterruptedException {
    try (clock) {
      return supervise(first, later);
    }
  }

  private int supervise(List<String> first, List<String> later)
      throws IOException, InterruptedException {
    Thread hook = new Thread(this::stop, "stop-child");
    Runtime.getRuntime().addShutdownHook(hook);
    ChildFlags flags = ChildFlags.ofThisProcess();
    if (!flags.withheld().isEmpty()) {
      console
          .err()
          .print(
              Text.format(
                  "note: these flags of Java stay with the supervisor, because two processes cannot share a port or a file: %s%n",
                  String.join(" ", flags.withheld())));
    }
    List<String> options = first;
    OptionalLong before = evaluations();
    RestartLimit limit = new RestartLimit();
    for (boolean isFirst = true; ; isFirst = false) {
      long started = System.currentTimeMillis();
      OutOfMemoryKills kills = OutOfMemoryKills.now();
      Process process = start(flags.passed(), options, isFirst ? input : new byte[0]);
      int code = process.waitFor();
      Optional<String> crash = crash(code, process.pid(), started);
      if (crash.isEmpty() || isStopping()) {
        return code;
      }
      noteSignal(process.pid(), crash.get());
      boolean ofMemory =
          crash.get().equals(SIGKILL) && OutOfMemoryKills.now().haveRisenSince(kills);
      boolean crashed = ofMemory || !crash.get().equals(SIGKILL);
      String death =
          Text.format(
              "the process died (%s%s, exit code %d)",
              crash.get(), ofMemory ? " for lack of memory" : "", code);
      OptionalLong now = evaluations();
      Optional<String> refusal =
          now.isEmpty()
              ? Optional.of("before the run had started")
              : limit.count(crashed, hasTrained(process.pid()), !now.equals(before));
      before = now;
      if (refusal.isPresent()) {
        console
            .err()
            .print(
                Text.format("%s: %s %s; giving up%n", Application.PROGRAM, death, refusal.get()));
        return code;
      }
      console
          .err()
          .print(Text.format("%s: %s; %s%n", Application.PROGRAM, death, limit.next(crashed)));
      options = new ArrayList<>(List.of("--resume", directory.path().toString()));
      options.addAll(later);
    }
  }

  /**
   * Finds out whether the child crashed. Without core files, Java exits with code 1 after a crash,
   * but writes an hs_err file.
   */
  private Optional<String> crash(int code, long pid, long startedMillis) throws IOException {
    if (CRASHES.containsKey(code)) {
      return Optional.of(CRASHES.get(code));
    }
    if (code == ExitCode.DEVICE_LOST) {
      return Optional.of(LOST_DEVICE);
    }
    Path errors = directory.path().resolve(Text.format("hs_err_%d.log", pid));
    // An older file is of another process with this number. Some file systems count in 2 seconds.
    return code != ExitCode.OK
            && Files.exists(errors)
            && Files.getLastModifiedTime(errors).toMillis() > startedMillis - 2_000
        ? Optional.of("a fatal error in native code")
        : Optional.empty();
  }

  /** Leaves a signal in the store, where the next child looks for evidence of a crash. */
  private void noteSignal(long pid, String signal) {
    if (signal.equals(SIGKILL) || !CRASHES.containsValue(signal)) {
      return;
    }
    try {
      if (Files.exists(directory.database())) {
        StoredRun.noteSignal(directory, pid, signal);
      }
    } catch (StoreException | UncheckedIOException e) {
      // The next child reports the same error.
      return;
    }
  }

  private OptionalLong evaluations() {
    if (!Files.exists(directory.database())) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(StoredRun.size(directory));
    } catch (StoreException e) {
      // The next child repairs the store, or reports the same error.
      return OptionalLong.of(0);
    }
  }

  private boolean hasTrained(long pid) {
    try {
      return StoredRun.isTrainedBy(directory, pid);
    } catch (StoreException e) {
      return false;
    }
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  private Process start(List<String> flags, List<String> options, byte[] standardInput)
      throws IOException, InterruptedException {
    Process process = start(builder(flags, options, standardInput.length > 0));
    if (standardInput.length > 0) {
      try (OutputStream out = process.getOutputStream()) {
        out.write(standardInput);
      } catch (IOException e) {
        // The child has ended, and has said why.
        return process;
      }
    }
    return process;
  }

  private synchronized Process start(ProcessBuilder builder)
      throws IOException, InterruptedException {
    if (stopping) {
      throw new InterruptedException();
    }
    Process process = builder.start();
    child = Optional.of(process);
    return process;
  }

  private ProcessBuilder builder(List<String> flags, List<String> options, boolean piped) {
    ProcessBuilder builder = new ProcessBuilder(command(flags, options)).inheritIO();
    if (piped) {
      builder.redirectInput(ProcessBuilder.Redirect.PIPE);
    }
    // The flags in them are among those that are passed.
    builder.environment().keySet().removeAll(ChildFlags.VARIABLES);
    return builder;
  }

  /** Starts the same program with the same Java and flags, but other options. */
  private List<String> command(List<String> flags, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-D" + DeviceLoss.SUPERVISED + "=true");
    if (flags.stream().noneMatch(flag -> flag.startsWith("-XX:ErrorFile="))) {
      command.add("-XX:ErrorFile=" + directory.path().toAbsolutePath().resolve("hs_err_%p.log"));
    }
    String classPath = System.getProperty("java.class.path");
    String program = System.getProperty("sun.java.command", "");
    if (program.startsWith(classPath)) {
      command.addAll(List.of("-jar", classPath));
    } else {
      command.addAll(List.of("-cp", classPath, program.replaceFirst(" .*", "")));
    }
    command.add("evolve");
    command.addAll(options);
    maxTime.ifPresent(limit -> command.addAll(List.of("--max_time", left(limit))));
    return command;
  }

  private String left(Duration limit) {
    long millis = limit.toMillis() - clock.nanos() / 1_000_000;
    return Math.max(1, millis) + "ms";
  }

  private void stop() {
    Optional<Process> running;
    synchronized (this) {
      stopping = true;
      running = child;
    }
    running.ifPresent(Process::destroy);
    try {
      if (running.isPresent() && !running.get().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        running.get().destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
