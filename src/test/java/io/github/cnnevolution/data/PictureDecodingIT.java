package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.testing.PythonWithPillow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hundreds of pictures of every kind, from {@code make_pictures.py}, against Pillow: the pixels, or
 * the reason for a refusal.
 */
class PictureDecodingIT {
  @TempDir private Path directory;

  @Test
  void picturesOfEveryKindBecomeWhatAnotherDecoderSays() throws Exception {
    PythonWithPillow.required().run("make_pictures.py", directory.toString());
    List<String> lines = Files.readAllLines(directory.resolve("expected.tsv"));
    assertTrue(lines.size() > 850, lines.size() + " pictures");
    List<String> wrong = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      fault(directory.resolve(fields[0]), fields[1], fields[2])
          .forEach(fault -> wrong.add(fields[0] + ": " + fault));
    }
    assertEquals(List.of(), wrong);
  }

  private static Stream<String> fault(Path file, String tolerance, String expected) {
    boolean refused = tolerance.equals("refused");
    try {
      byte[] pixels = PictureFile.read(file);
      if (refused) {
        return Stream.of("taken, although " + expected);
      }
      int most = difference(pixels, HexFormat.of().parseHex(expected));
      return most <= Integer.parseInt(tolerance) ? Stream.empty() : Stream.of("wrong by " + most);
    } catch (IOException e) {
      boolean right =
          refused && Stream.of(expected.split("\\|", -1)).anyMatch(e.getMessage()::contains);
      return right ? Stream.empty() : Stream.of("refused: " + e.getMessage());
    }
  }

  private static int difference(byte[] pixels, byte[] expected) {
    int most = 0;
    for (int i = 0; i < ImageSet.PIXELS; i++) {
      most = Math.max(most, Math.abs((pixels[i] & 0xff) - (expected[i] & 0xff)));
    }
    return most;
  }
}
