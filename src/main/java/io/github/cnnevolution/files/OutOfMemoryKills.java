package io.github.cnnevolution.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How many processes Linux has killed because memory was short. The kernel counts since the start
 * of the machine; a control group counts its own processes.
 *
 * @param kernel {@code oom_kill} of {@code /proc/vmstat}; empty if the kernel does not count
 * @param group name and inode of the control group of this process; empty if it has none that
 *     counts
 * @param ofGroup {@code oom_kill} of the group; empty exactly when it has none
 */
public record OutOfMemoryKills(OptionalLong kernel, Optional<String> group, OptionalLong ofGroup) {
  /** Checks that group and count belong together. */
  public OutOfMemoryKills {
    if (group.isPresent() != ofGroup.isPresent()) {
      throw new IllegalArgumentException("a control group without a count");
    }
  }

  /** Returns the counts of this moment. */
  public static OutOfMemoryKills now() {
    return read(Path.of("/"));
  }

  /** Returns the counts below another root than {@code /}. */
  static OutOfMemoryKills read(Path root) {
    OptionalLong kernel = count(root.resolve("proc/vmstat"));
    for (ControlGroup group : ControlGroup.ofMemory(root)) {
      OptionalLong ofGroup = count(group.path().resolve(group.eventsFile()));
      if (ofGroup.isPresent()) {
        return new OutOfMemoryKills(kernel, Optional.of(group.identity()), ofGroup);
      }
    }
    return new OutOfMemoryKills(kernel, Optional.empty(), OptionalLong.empty());
  }

  private static OptionalLong count(Path file) {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      return lines.stream()
          .map(line -> line.strip().split("\\s+", -1))
          .filter(words -> words.length == 2 && words[0].equals("oom_kill"))
          .mapToLong(words -> Long.parseLong(words[1]))
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Whether processes were killed since. A group counts its own processes, whoever ran out of
   * memory, so its count is preferred. A container that was started again has another group; then
   * only the kernel knows.
   */
  public boolean haveRisenSince(OutOfMemoryKills before) {
    if (group.isPresent() && group.equals(before.group)) {
      return ofGroup.getAsLong() > before.ofGroup.getAsLong();
    }
    return kernel.isPresent()
        && before.kernel.isPresent()
        && kernel.getAsLong() > before.kernel.getAsLong();
  }
}
