package io.github.cnnevolution.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.HotSpotDiagnosticMXBean;
import io.github.cnnevolution.files.OutOfMemoryKills;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that trains candidates of a run, and what tells later whether it crashed. The store has
 * it from the moment at which the process takes over until it ends cleanly.
 *
 * @param pid its number
 * @param bootId of the start of the machine
 * @param startedMillis when this was recorded, since 1970
 * @param errorFiles where its Java machine writes a fatal error: the first that can be written
 * @param kills for lack of memory before
 * @param signal that ended it, as its supervisor saw; empty if there is none or it has seen none
 */
record ProcessRecord(
    long pid,
    String bootId,
    long startedMillis,
    List<String> errorFiles,
    OutOfMemoryKills kills,
    Optional<String> signal) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** Some file systems keep times of two seconds. */
  private static final long FILE_TIME_MILLIS = 2_000;

  /** The signal and the number of the process are in the first lines. */
  private static final int HEAD_BYTES = 8192;

  private static final Pattern SIGNAL = Pattern.compile("#\\s+(SIG[A-Z]+) \\(0x");

  ProcessRecord {
    errorFiles = List.copyOf(errorFiles);
  }

  /** Returns that of this process. */
  static ProcessRecord current() {
    long pid = ProcessHandle.current().pid();
    return new ProcessRecord(
        pid,
        currentBootId(),
        System.currentTimeMillis(),
        errorFiles(errorFileFlag(), pid, Path.of("").toAbsolutePath()),
        OutOfMemoryKills.now(),
        Optional.empty());
  }

  private static String currentBootId() {
    try {
      return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** The program cannot set this flag for itself; a supervisor sets it for its child. */
  private static String errorFileFlag() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return machine == null ? "" : machine.getVMOption("ErrorFile").getValue();
    } catch (IllegalArgumentException e) {
      // Another Java machine than HotSpot.
      return "";
    }
  }

  /** The order in which HotSpot tries them. */
  static List<String> errorFiles(String flag, long pid, Path workingDirectory) {
    List<String> files = new ArrayList<>();
    if (!flag.isEmpty()) {
      try {
        files.add(workingDirectory.resolve(flag.replace("%p", String.valueOf(pid))).toString());
      } catch (InvalidPathException e) {
        // The Java machine falls back on the others.
      }
    }
    String name = "hs_err_pid" + pid + ".log";
    files.add(workingDirectory.resolve(name).toString());
    files.add("/tmp/" + name);
    return files;
  }

  /** Returns this record with the signal that ended the process. */
  ProcessRecord endedBy(String seen) {
    return new ProcessRecord(pid, bootId, startedMillis, errorFiles, kills, Optional.of(seen));
  }

  /**
   * Returns what shows that the process crashed or was killed for lack of memory, in a few words.
   * Empty for a kill by hand, a power cut or a restart of the machine, which leave nothing.
   */
  Optional<String> crash() {
    return crash(currentBootId(), OutOfMemoryKills.now());
  }

  /** Compares with what the kernel says now. */
  Optional<String> crash(String bootNow, OutOfMemoryKills killsNow) {
    if (signal.isPresent()) {
      return signal;
    }
    for (String file : errorFiles) {
      Optional<String> error = error(file);
      if (error.isPresent()) {
        return error;
      }
    }
    return bootNow.equals(bootId) && killsNow.haveRisenSince(kills)
        ? Optional.of("killed for lack of memory")
        : Optional.empty();
  }

  /** A number is used again after a while, in containers soon: the file must be of this process. */
  private Optional<String> error(String name) {
    try {
      Path file = Path.of(name);
      if (!Files.isRegularFile(file)
          || Files.getLastModifiedTime(file).toMillis() < startedMillis - FILE_TIME_MILLIS) {
        return Optional.empty();
      }
      String head;
      try (InputStream in = Files.newInputStream(file)) {
        head = new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
      }
      if (!head.contains("pid=" + pid + ",")) {
        return Optional.empty();
      }
      Matcher matcher = SIGNAL.matcher(head);
      return Optional.of(matcher.find() ? matcher.group(1) : "a fatal error of the Java machine");
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** As the store keeps it. */
  String json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("pid", pid);
    object.put("boot_id", bootId);
    object.put("started_ms", startedMillis);
    object.put("error_files", errorFiles);
    kills.kernel().ifPresent(count -> object.put("oom_kills", count));
    kills.group().ifPresent(name -> object.put("cgroup", name));
    kills.ofGroup().ifPresent(count -> object.put("cgroup_oom_kills", count));
    signal.ifPresent(name -> object.put("signal", name));
    return Json.line(object);
  }

  /** Reads what {@link #json} has written; empty if it is something else. */
  static Optional<ProcessRecord> parse(String json) {
    try {
      JsonNode object = new ObjectMapper().readTree(json);
      if (!object.path("pid").isIntegralNumber()) {
        return Optional.empty();
      }
      List<String> files = new ArrayList<>();
      object.path("error_files").forEach(file -> files.add(file.asText()));
      return Optional.of(
          new ProcessRecord(
              object.path("pid").asLong(),
              object.path("boot_id").asText(),
              object.path("started_ms").asLong(),
              files,
              new OutOfMemoryKills(
                  count(object, "oom_kills"),
                  text(object, "cgroup"),
                  count(object, "cgroup_oom_kills")),
              text(object, "signal")));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static OptionalLong count(JsonNode object, String name) {
    return object.has(name) ? OptionalLong.of(object.get(name).asLong()) : OptionalLong.empty();
  }

  private static Optional<String> text(JsonNode object, String name) {
    return object.has(name) ? Optional.of(object.get(name).asText()) : Optional.empty();
  }
}
