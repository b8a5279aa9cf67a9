package io.github.cnnevolution.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A control group (cgroup) of Linux that limits and counts the memory of this process.
 *
 * @param path its directory
 * @param version 1 or 2
 */
record ControlGroup(Path path, int version) {
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
    return new ControlGroup(there ? path : mount, version);
  }

  /** Returns the name of the file that counts kills. */
  String eventsFile() {
    return version == 1 ? "memory.oom_control" : "memory.events";
  }

  /** Returns the name of the file that has the limit. */
  String limitFile() {
    return version == 1 ? "memory.limit_in_bytes" : "memory.max";
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
