package io.github.cnnevolution.cli;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which of the supervisor's Java flags its child gets. A port or file that the supervisor's Java
 * machine has opened cannot be opened again, so flags that name one stay with the supervisor: JMX,
 * debuggers and other agents, recordings and log files. A file whose name has {@code %p}, the
 * number of the process, is another file in the child.
 *
 * @param passed flags of the child
 * @param withheld flags of the supervisor alone
 */
record ChildFlags(List<String> passed, List<String> withheld) {
  /** From these variables Java takes flags too; it lists them among those of the command line. */
  static final Set<String> VARIABLES =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private static final Pattern PORT_OR_AGENT =
      Pattern.compile(
          "-Dcom\\.sun\\.management\\..*|-agent(lib|path):.*|-javaagent:.*|-Xrun.*|-Xdebug");
  private static final Pattern FILE =
      Pattern.compile(
          "-Xloggc:.*|-XX:LogFile=.*|-XX:ArchiveClassesAtExit=.*|-XX:StartFlightRecording.*filename=.*");

  /** The second part is the output. */
  private static final Pattern LOG =
      Pattern.compile("-Xlog:[^:]*:(file=|\"|(?!stdout|stderr)[^:]).*");

  ChildFlags {
    passed = List.copyOf(passed);
    withheld = List.copyOf(withheld);
  }

  /** Sorts the flags of this process, wherever they come from. */
  static ChildFlags ofThisProcess() {
    return of(ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  /** Sorts flags. */
  static ChildFlags of(List<String> flags) {
    List<String> passed = new ArrayList<>();
    List<String> withheld = new ArrayList<>();
    for (String flag : flags) {
      (isShareable(flag) ? passed : withheld).add(flag);
    }
    return new ChildFlags(passed, withheld);
  }

  private static boolean isShareable(String flag) {
    if (PORT_OR_AGENT.matcher(flag).matches()) {
      return false;
    }
    boolean file = FILE.matcher(flag).matches() || LOG.matcher(flag).matches();
    return !file || flag.contains("%p");
  }
}
