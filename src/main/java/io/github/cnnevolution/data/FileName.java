package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The name of a file as text, whatever the locale. A {@link Path} shows the bytes of a name by the
 * charset of the locale, and different names may look the same.
 */
final class FileName {
  private static final int HEX = 16;

  /** What Java shows for bytes that are no text. */
  private static final char REPLACEMENT = '\ufffd';

  private FileName() {}

  /**
   * Returns the last name of a path, read as UTF-8. Each byte of a name that is not UTF-8 and not
   * ASCII becomes {@code \xE9}, so that different names stay different.
   */
  static String of(Path path) {
    String shown = path.getFileName().toString();
    if (shown.chars().allMatch(c -> c < 0x7f)) {
      return shown;
    }
    byte[] bytes = bytes(path);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder name = new StringBuilder();
      for (byte b : bytes) {
        name.append(b >= 0 ? String.valueOf((char) b) : Text.format("\\x%02X", b & 0xff));
      }
      return name.toString();
    }
  }

  /**
   * Returns the file that a name from the command line means. Java replaces bytes of an argument
   * that are not UTF-8, so the file of that name seems to be missing.
   *
   * @return the only file in the directory that looks like {@code named}, or else {@code named}
   */
  static Path find(Path named) throws IOException {
    String shown = String.valueOf(named.getFileName());
    if (shown.indexOf(REPLACEMENT) < 0 || Files.exists(named)) {
      return named;
    }
    Path directory = named.toAbsolutePath().getParent();
    List<Path> alike = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          if (entry.getFileName().toString().equals(shown)) {
            alike.add(entry);
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    return alike.size() == 1 ? alike.get(0) : named;
  }

  /** Returns the bytes of the last name. Only the URI of a path has them. */
  private static byte[] bytes(Path path) {
    String uri = path.toUri().getRawPath();
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    String name = uri.substring(uri.lastIndexOf('/', end - 1) + 1, end);
    ByteBuffer bytes = ByteBuffer.allocate(name.length());
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '%') {
        bytes.put((byte) Integer.parseInt(name.substring(i + 1, i + 3), HEX));
        i += 2;
      } else {
        bytes.put((byte) name.charAt(i));
      }
    }
    byte[] exact = new byte[bytes.flip().remaining()];
    bytes.get(exact);
    return exact;
  }
}
