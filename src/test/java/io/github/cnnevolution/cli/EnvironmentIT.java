package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.testing.Pictures;
import io.github.cnnevolution.testing.QuickStart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar on machines that are set up in other ways: by bash, as its users start it. */
class EnvironmentIT {
  private static final String TINY =
      "--data synthetic --pop_size 2 --generations 1 --epochs 1 --train_limit 64 --max_flops 30M";
  private static final String EVALUATE =
      "evaluate --chromosomes c --data synthetic --epochs 1 --train_limit 64";

  @TempDir private Path directory;
  private final Map<String, String> environment = new TreeMap<>();

  private record Result(int code, String out, String err) {}

  /** Runs a script; {@code cnn} stands for the jar, {@code $JAVA} for the Java machine. */
  private Result bash(String... script) throws IOException, InterruptedException {
    Path jar = Path.of(System.getProperty("cnnevolution.jar")).toAbsolutePath();
    String java =
        Stream.concat(TestJvm.command().stream(), QuickStart.flags().stream())
            .collect(Collectors.joining(" "));
    String functions =
        "JAVA='%s'; JAR='%s'; cnn() { $JAVA -jar $JAR \"$@\"; }\n".formatted(java, jar);
    Path out = directory.resolve("script.out");
    Path err = directory.resolve("script.err");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", functions + String.join("\n", script))
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("LC_ALL");
    builder.environment().remove("LANG");
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Result(
        code,
        Files.readString(out, StandardCharsets.ISO_8859_1),
        Files.readString(err, StandardCharsets.ISO_8859_1));
  }

  private void succeeds(String... script) throws IOException, InterruptedException {
    Result result = bash(script);
    assertEquals(0, result.code(), result.out() + result.err());
  }

  @Test
  void namesBeyondAsciiWorkInTheLocaleOfAContainer() throws Exception {
    Path picture = Pictures.write(directory.resolve("p.png"), 40, 40, 0.3f, 1);
    assertTrue(Files.exists(picture));
    environment.put("LC_ALL", "C");
    succeeds(
        "set -e",
        // In octal, since this class may run in such a locale itself: café, 日本 and çwd.
        "CAFE=$(printf 'caf\\303\\251'); JAPAN=$(printf '\\346\\227\\245\\346\\234\\254')",
        "CWD=$(printf '\\303\\247wd'); mkdir -p d/train/$CAFE d/train/$JAPAN $CWD",
        "for i in 1 2 3; do cp p.png d/train/$CAFE/$i.png; cp p.png d/train/$JAPAN/$i.png; done",
        "cnn --data d --pop_size 2 --generations 1 --epochs 1 --batch_size 2 --max_flops 30M --out run",
        "cnn predict --model run/best_model.pt --json p.png | grep -e $CAFE -e 'caf.u00e9'",
        "cd $CWD; cnn " + TINY + " --out r",
        "cnn runs show r");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void namesInAnyBytesAsArguments(String locale) throws Exception {
    assertNamesInAnyBytes(locale);
  }

  /** Another name of the locale C. */
  @Test
  @Tag("nightly")
  void namesInAnyBytesAsArgumentsInPosix() throws Exception {
    assertNamesInAnyBytes("POSIX");
  }

  /** Pictures are found by their bytes; other names that are not UTF-8 are refused in one line. */
  private void assertNamesInAnyBytes(String locale) throws Exception {
    Pictures.write(directory.resolve("p.png"), 40, 40, 0.3f, 1);
    environment.put("LC_ALL", locale);
    succeeds(
        "set -e",
        // In octal: rün and café in UTF-8, and café in ISO 8859-1.
        "RUN=$(printf 'r\\303\\274n'); CAFE=$(printf 'caf\\303\\251'); LATIN=$(printf 'caf\\351')",
        "cnn " + TINY + " --out $RUN; [ -e $RUN/best_model.pt ]",
        "cp p.png $CAFE.png; cp p.png $LATIN.png",
        "cnn predict --model $RUN $CAFE.png $LATIN.png >predicted; grep -aq $CAFE.png predicted",
        "[ $(grep -ac 'caf.*png' predicted) = 2 ]",
        "echo 00001000000010000000 >$CAFE.txt; cp $CAFE.txt $LATIN.txt",
        "cnn describe 00001000000010000000 >/dev/null",
        "cnn evaluate --chromosomes $CAFE.txt --data synthetic --epochs 1 --train_limit 20",
        "refused() { ! \"$@\" 2>err || return 1; [ $(wc -l <err) = 1 ]; grep -q 'not UTF-8' err; }",
        "refused cnn evaluate --chromosomes $LATIN.txt --data synthetic",
        "refused cnn " + TINY + " --out $LATIN; [ ! -e $LATIN ]; [ $(ls | grep -ac '^caf') = 4 ]",
        "refused cnn runs show $LATIN");
  }

  @Test
  void digitsAreTheSameInEveryLocale() throws Exception {
    succeeds(
        "set -e",
        "cnn " + TINY + " --out latin >/dev/null",
        "export JAVA_TOOL_OPTIONS='-Duser.language=fa -Duser.country=IR'",
        "cnn " + TINY + " --out persian >evolve.txt",
        "cnn runs show persian >show.txt",
        "cnn export --csv persian >persian.csv",
        "cnn export --format python persian --out persian.py",
        "cnn export --format python latin --out latin.py",
        "cmp latin.py persian.py",
        "! grep -P '[^\\x00-\\x7f]' evolve.txt show.txt persian.csv");
  }

  @Test
  void whatCannotBeWrittenIsAnErrorAndAClosedPipeIsNot() throws Exception {
    Result full = bash("cnn describe --json 00001000000010000000 >/dev/full");
    assertEquals(1, full.code(), full.err());
    assertEquals(
        "cnn-evolution: cannot write to standard output: No space left on device\n", full.err());
    Result closed =
        bash("set -o pipefail; cnn describe --json 00001000000010000000 | head -c 1 >/dev/null");
    assertEquals("", closed.err());
    assertEquals(0, closed.code());
  }

  @Test
  void runsThatStartInTheSameSecondGetDirectoriesOfTheirOwn() throws Exception {
    succeeds(
        "set -e",
        "for i in 1 2; do cnn " + TINY + " --seed $i >log.$i & pids[$i]=$!; done",
        "for i in 1 2; do wait ${pids[$i]}; done",
        "[ $(ls runs | wc -l) = 2 ]");
  }

  @Test
  void aRunThatCannotStartLeavesNoDirectory() throws Exception {
    Result result = bash("cnn --data nowhere --supervise; ls runs");
    assertEquals("", result.out());
    assertTrue(result.err().contains("nowhere"), result.err());
  }

  /** Array jobs and second shells: the first starts on a machine, then one that is killed. */
  @Test
  void firstStartsAtOnceAndAKilledOneUnpackWholeLibraries() throws Exception {
    succeeds(
        "set -e; echo 00001000000010000000 >c",
        "cnn() { $JAVA -XX:ErrorFile=/dev/null -Dorg.bytedeco.javacpp.cachedir=cache -jar $JAR \"$@\"; }",
        "for i in 1 2; do cnn " + EVALUATE + " & pids[$i]=$!; done",
        "for i in 1 2; do wait ${pids[$i]}; done",
        "rm -r cache; mkdir cache; cnn " + EVALUATE + " & pid=$!",
        "until [ $(du -sm cache | cut -f1) -ge 100 ]; do kill -0 $pid; done",
        // The function runs in a shell of its own, whose child is the Java machine.
        "pkill -KILL -P $pid || kill -KILL $pid; wait $pid || true",
        "cnn " + EVALUATE);
  }

  @Test
  void aUserWithoutAHomeDirectoryNeedsNone() throws Exception {
    succeeds(
        "set -e; echo 00001000000010000000 >c; mkdir tmp",
        "$JAVA -Duser.home='?' -Djava.io.tmpdir=$PWD/tmp -jar $JAR " + EVALUATE,
        "[ ! -e '?' ]; ls -d tmp/.cnn-evolution-*/cnn-evolution-*");
  }

  @Test
  void aHomeDirectoryOnANoexecDiskIsPassedOver() throws Exception {
    Result mounted = bash("mkdir s && mount -t tmpfs -o size=64m,noexec tmpfs s");
    assumeTrue(mounted.code() == 0, "cannot mount here: " + mounted.err());
    try {
      succeeds(
          "set -e; echo 00001000000010000000 >c",
          "$JAVA -Duser.home=$PWD/s -Dorg.bytedeco.javacpp.cachedir=$HOME/.javacpp/cache -jar $JAR "
              + EVALUATE);
      Result refused =
          bash(
              "$JAVA -Dorg.bytedeco.javacpp.cachedir=s/cache -jar $JAR "
                  + EVALUATE
                  + " >/dev/null");
      assertEquals(1, refused.code());
      assertEquals(1, refused.err().lines().count(), refused.err());
      assertTrue(refused.err().contains("noexec"), refused.err());
    } finally {
      bash("umount s");
    }
  }

  @Test
  void aFullDiskForTheLibrariesIsOneLineWithTheRemedy() throws Exception {
    Result mounted = bash("mkdir s && mount -t tmpfs -o size=100m tmpfs s");
    assumeTrue(mounted.code() == 0, "cannot mount here: " + mounted.err());
    try {
      Result full =
          bash(
              "echo 00001000000010000000 >c",
              "$JAVA -Dorg.bytedeco.javacpp.cachedir=s -jar $JAR " + EVALUATE + " >/dev/null");
      assertEquals(1, full.code());
      assertEquals(1, full.err().lines().count(), full.err());
      for (String part : List.of("No space left", "-Dorg.bytedeco.javacpp.cachedir=DIR")) {
        assertTrue(full.err().contains(part), full.err());
      }
      Result left = bash("ls s");
      assertFalse(left.out().contains("tmp"), left.out());
    } finally {
      bash("umount s");
    }
  }

  /** HPC modules set this variable. It would bind the thread that loads LibTorch to one core. */
  @Test
  void threadsAreNotBoundToOneCore() throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    assumeTrue(cores > 1, "there is one core");
    Result result = bash("OMP_PROC_BIND=true cnn " + TINY + " --out r");
    assertTrue(result.out().contains("workers " + cores + ","), result.out() + result.err());
  }
}
