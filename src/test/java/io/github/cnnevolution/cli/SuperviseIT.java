package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.TestJvm;
import io.github.cnnevolution.run.EvaluationStore;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a supervised process gets of its parent, and what it must not get. */
class SuperviseIT {
  private static final String SMALL =
      "--data synthetic --train_limit 20 --epochs 1 --batch_size 10 --pop_size 2 --generations 1 --supervise --out run";

  @TempDir private Path directory;

  private static String[] options(String... more) {
    return Stream.concat(Stream.of(SMALL.split(" ", -1)), Stream.of(more)).toArray(String[]::new);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** JMX and a debugger listen; another JMX port comes from the environment. */
  @Test
  void thePortsOfTheParentStayWithIt() throws Exception {
    String debugger =
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + freePort();
    String jmx = "-Dcom.sun.management.jmxremote.port=" + freePort();
    String log = "-Xlog:gc:" + directory.resolve("gc.log");
    RunProcess process =
        Launch.jar()
            .flag(debugger, log, "-Dcom.sun.management.jmxremote.authenticate=false")
            .environment("JAVA_TOOL_OPTIONS", jmx + " -Dcom.sun.management.jmxremote.ssl=false")
            .start(directory, options());
    process.endsWith(0);
    assertTrue(
        process.errLines().stream()
            .anyMatch(
                line ->
                    line.startsWith("note: these flags of Java stay with the supervisor")
                        && line.contains(jmx)
                        && line.contains(debugger)
                        && line.contains(log)),
        process.text());
    assertFalse(process.text().contains("in use"), process.text());
  }

  /** Bash passes the pipe as /dev/fd/63, which the child does not have. */
  @Test
  void chromosomesComeThroughAPipe() throws Exception {
    String bits = "00001000000010000000";
    Path jar = Path.of(System.getProperty("cnnevolution.jar")).toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                "\"$@\" --seed_population <(echo '# chosen'; echo " + bits + ")",
                "bash",
                TestJvm.executable(),
                TestJvm.NO_SHARED_COUNTERS,
                "-jar",
                jar.toString()));
    command.addAll(List.of(options()));
    Path out = directory.resolve("out.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertTrue(process.waitFor(40, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue(), Files.readString(out));
    List<String> first = new ArrayList<>();
    try (EvaluationStore store = EvaluationStore.openToRead(directory.resolve("run/run.db"))) {
      store.forEachProposalFrom(0, proposal -> first.add(proposal.proposal().chromosome().bits()));
    }
    assertEquals(bits, first.get(0));
  }

  /** What the parent can read is checked before a child is started. */
  @Test
  void badChromosomesAreRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("c.txt"), "0101\n");
    RunProcess process =
        Launch.jar().start(directory, options("--seed_population", file.toString()));
    process.endsWith(2);
    assertTrue(process.text().contains("c.txt, line 1: chromosome '0101'"), process.text());
    assertFalse(Files.exists(directory.resolve("run")));
  }
}
