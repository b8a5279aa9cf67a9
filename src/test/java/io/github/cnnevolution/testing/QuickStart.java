package io.github.cnnevolution.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.TestJvm;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Flags with which the jar is there sooner: the starts of Java are most of what many tests take.
 */
public final class QuickStart {
  /** Better compiled code is not worth its time in a process that is over soon. */
  public static final List<String> UNARCHIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final String SHORTEST_RUN =
      "--data synthetic --train_limit 20 --epochs 1 --batch_size 10 --pop_size 2 --generations 1 --out run";

  private QuickStart() {}

  public static String jarFile() {
    return new File(System.getProperty("cnnevolution.jar")).getAbsolutePath();
  }

  /**
   * With the classes of the jar prepared for starting, in a file that the first who asks makes,
   * while other forks wait. It is under target, since Java takes no archive of another jar; without
   * a word it goes without one for another class path.
   */
  public static List<String> flags() {
    Path archive = Path.of("target", "classes.jsa").toAbsolutePath();
    try (FileChannel lock =
            FileChannel.open(
                Path.of("target", "classes.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      if (held.isValid() && !isOfTheJar(archive)) {
        make(archive);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(archive + " cannot be made", e);
    }
    return Stream.concat(UNARCHIVED.stream(), Stream.of("-XX:SharedArchiveFile=" + archive))
        .toList();
  }

  private static void make(Path archive) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("archive");
    Path made = Path.of(archive + ".new");
    List<String> command = new ArrayList<>(TestJvm.command());
    command.addAll(UNARCHIVED);
    command.addAll(List.of("-XX:ArchiveClassesAtExit=" + made, "-Xlog:disable", "-jar", jarFile()));
    command.addAll(List.of(SHORTEST_RUN.split(" ", -1)));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether an archive of classes is there, and was made after the jar was. */
  public static boolean isOfTheJar(Path archive) throws IOException {
    Path jar = Path.of(jarFile());
    return Files.exists(archive)
        && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) >= 0;
  }
}
