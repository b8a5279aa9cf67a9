package io.github.cnnevolution.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Two run directories as version 0.1.0 left them: {@code finished} is over, {@code cut} was killed
 * in generation 5 of 6. Beside them is what that version said of them: {@code *.show.json} and
 * {@code *.csv}; {@code f2} and {@code c2} are what it found when it resumed them.
 */
public final class RecordedRuns {
  private RecordedRuns() {}

  /** Unpacks all of it into a directory. */
  public static void unzip(Path directory) throws IOException {
    try (InputStream in = RecordedRuns.class.getResourceAsStream("runs-0.1.0.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = directory.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
  }
}
