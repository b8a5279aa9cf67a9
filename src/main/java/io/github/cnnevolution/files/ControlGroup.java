package io.github.cnnevolution.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * A control group (cgroup) of Linux that limits and counts the memory of this process.
 *
 * @param mount directory of the topmost group
 * @param path its own directory
 * @param version 1 or 2
 */
record ControlGroup(Path mount, Path path, int version) {
  /**
   * Returns the group of this process in each version that is mounted; of two, one has no memory
   * controller and lacks the files. In a container the directory of its group may be mounted as the
   * top, so the path that the kernel names is not there.
   *
   * @param root of the file system, {@code /}
   */
  static List<ControlGroup> ofMemory(Path root) {
    List<ControlGroup> groups = new ArrayList<>();
    Path mounts = root.resolve("sys/fs/cgroup");
    try {
      for (String line :
          Files.readAllLines(root.resolve("proc/self/cgroup"), StandardCharsets.ISO_8859_1)) {
        String[] parts = line.split(":", 3);
        if (parts.length < 3) {
          continue;
        }
        if (parts[0].equals("0") && parts[1].isEmpty()) {
          boolean hybrid = Files.isDirectory(mounts.resolve("unified"));
          groups.add(of(hybrid ? mounts.resolve("unified") : mounts, parts[2], 2));
        } else if (Arrays.asList(parts[1].split(",", -1)).contains("memory")) {
          groups.add(of(mounts.resolve("memory"), parts[2], 1));
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return groups;
  }

  private static ControlGroup of(Path mount, String name, int version) {
    Path path = mount.resolve(name.replaceFirst("^/+", "")).normalize();
    boolean there = path.startsWith(mount) && Files.isDirectory(path);
    return new ControlGroup(mount, there ? path : mount, version);
  }

  /** Returns the name of the file that counts kills. */
  String eventsFile() {
    return version == 1 ? "memory.oom_control" : "memory.events";
  }

  /** Returns the least limit of this group and those above it in bytes; empty without one. */
  OptionalLong limit() {
    long least = Long.MAX_VALUE;
    for (Path above = path; above != null && above.startsWith(mount); above = above.getParent()) {
      least = Math.min(least, limit(above));
    }
    return least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least);
  }

  /** Without a limit, version 2 says {@code max}, and version 1 a number that no machine has. */
  private long limit(Path directory) {
    try {
      String file = version == 1 ? "memory.limit_in_bytes" : "memory.max";
      long limit =
          Long.parseLong(
              Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1).strip());
      return limit < 1L << 60 ? limit : Long.MAX_VALUE;
    } catch (IOException | NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Returns a text that differs from that of a group made later under the same name. */
  String identity() {
    try {
      return path + " " + Files.getAttribute(path, "unix:ino");
    } catch (IOException | UnsupportedOperationException e) {
      return path.toString();
    }
  }
}
