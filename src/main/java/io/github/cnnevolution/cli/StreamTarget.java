package io.github.cnnevolution.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a standard stream leads to, as far as the link of Linux in {@code /proc/self/fd} tells; see
 * proc(5).
 *
 * @param link such as {@code pipe:[4711]} or {@code /dev/pts/3}; empty if it is not known
 * @param isFile whether it is a regular file
 */
record StreamTarget(String link, boolean isFile) {
  private static final String DESCRIPTORS = "/proc/self/fd/";

  /** Reads the link of a file descriptor. */
  static StreamTarget of(int descriptor) {
    Path link = Path.of(DESCRIPTORS + descriptor);
    try {
      return new StreamTarget(Files.readSymbolicLink(link).toString(), Files.isRegularFile(link));
    } catch (IOException | UnsupportedOperationException e) {
      return new StreamTarget("", false);
    }
  }

  /** Whether it is a terminal; empty if the C library must tell. */
  Optional<Boolean> isTerminal() {
    if (isFile || link.equals("/dev/null") || isWithoutName("pipe") || isWithoutName("socket")) {
      return Optional.of(false);
    }
    return isPseudoTerminal() ? Optional.of(true) : Optional.empty();
  }

  /** See pts(4). A name without a number at its end is that of another device, or a deleted one. */
  private boolean isPseudoTerminal() {
    return link.startsWith("/dev/pts/") && Character.isDigit(link.charAt(link.length() - 1));
  }

  /** Streams that are not in the file system have a kind and an inode. */
  private boolean isWithoutName(String kind) {
    return link.startsWith(kind + ":[");
  }
}
