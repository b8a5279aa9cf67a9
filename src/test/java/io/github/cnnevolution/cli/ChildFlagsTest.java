package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which flags of Java a supervised process gets. */
class ChildFlagsTest {
  @Test
  void portsAgentsAndFilesStayWithTheSupervisor() {
    List<String> flags =
        List.of(
            "-Dcom.sun.management.jmxremote.port=9017",
            "-Dcom.sun.management.jmxremote",
            "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5005",
            "-agentpath:/opt/profiler.so=start,file=profile.html",
            "-javaagent:/opt/exporter.jar=9404:config.yaml",
            "-Xrunjdwp:transport=dt_socket,address=5005",
            "-Xdebug",
            "-Xloggc:gc.log",
            "-Xlog:gc:gc.log",
            "-Xlog:gc*:file=gc.log:time,tags:filecount=5",
            "-Xlog::\"all.log\"",
            "-XX:LogFile=hotspot.log",
            "-XX:ArchiveClassesAtExit=classes.jsa",
            "-XX:StartFlightRecording=duration=60s,filename=run.jfr");
    assertEquals(new ChildFlags(List.of(), flags), ChildFlags.of(flags));
  }

  @Test
  void everythingElseGoesToTheChild() {
    List<String> flags =
        List.of(
            "-Xmx2g",
            "-ea",
            "-Dpoison=w16",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=/var/log/hs_err.log",
            "-XX:OnError=gdb -p %p",
            "-XX:+HeapDumpOnOutOfMemoryError",
            "-XX:HeapDumpPath=/var/dumps",
            "-XX:SharedArchiveFile=classes.jsa",
            "-XX:StartFlightRecording",
            "-XX:StartFlightRecording=filename=run-%p.jfr",
            "-Xlog:disable",
            "-Xlog:gc",
            "-Xlog:gc*:stderr:time",
            "-Xlog:gc::time",
            "-Xlog:gc:file=gc-%p.log",
            "-Xloggc:gc-%p.log");
    assertEquals(new ChildFlags(flags, List.of()), ChildFlags.of(flags));
  }
}
