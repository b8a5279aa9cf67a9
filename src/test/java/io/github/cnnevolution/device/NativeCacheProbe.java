package io.github.cnnevolution.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process that unpacks and loads libraries: it compares every byte with what must be there. */
final class NativeCacheProbe {
  static final List<String> ANCHORS = List.of("/fake/one/libone.so", "/fake/two/libtwo.so.1");

  private NativeCacheProbe() {}

  /** The argument is the directory below which to unpack; the jar is on the class path. */
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    new NativeCache(NativeArchive.of(ANCHORS), root).load(() -> compare(root));
    System.out.println("loaded");
  }

  private static void compare(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> libraries =
          files.filter(f -> f.toString().contains("fake.jar/") && Files.isRegularFile(f)).toList();
      if (libraries.size() != 3) {
        throw new UnsatisfiedLinkError("there are " + libraries);
      }
      for (Path library : libraries) {
        if (!isWhole(Files.readAllBytes(library))) {
          throw new UnsatisfiedLinkError(library + " is not whole");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each library begins with its length and repeats one pattern. */
  private static boolean isWhole(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != pattern(i)) {
        return false;
      }
    }
    return bytes.length > 0 && bytes.length % 1000 == 7;
  }

  /** What stands at a place of each library. */
  static byte pattern(int index) {
    return (byte) (index * 31 + (index >> 8));
  }
}
