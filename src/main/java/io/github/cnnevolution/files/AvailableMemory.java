package io.github.cnnevolution.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How much more memory this process can take before Linux kills it: what the machine has available,
 * or what the limit of its control group leaves, if that is less. What other processes of the group
 * take is not known here.
 */
public final class AvailableMemory {
  private AvailableMemory() {}

  /** Returns it in bytes; empty if it is not known. */
  public static OptionalLong bytes() {
    return bytes(Path.of("/"));
  }

  /** Returns that of the machine whose file system has this root. */
  static OptionalLong bytes(Path root) {
    OptionalLong machine = kilobytes(root.resolve("proc/meminfo"), "MemAvailable:");
    long resident = kilobytes(root.resolve("proc/self/status"), "VmRSS:").orElse(0);
    long least = machine.orElse(Long.MAX_VALUE);
    for (ControlGroup group : ControlGroup.ofMemory(root)) {
      long limit = group.limit().orElse(Long.MAX_VALUE);
      if (limit < Long.MAX_VALUE) {
        least = Math.min(least, Math.max(0, limit - resident));
      }
    }
    return least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least);
  }

  private static OptionalLong kilobytes(Path file, String name) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
          .map(line -> line.split("\\s+", -1))
          .filter(words -> words.length == 3 && words[0].equals(name) && words[2].equals("kB"))
          .mapToLong(words -> Long.parseLong(words[1]) << 10)
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
