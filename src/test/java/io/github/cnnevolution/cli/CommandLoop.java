package io.github.cnnevolution.cli;

import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Runs many commands in one process, which loads LibTorch once: each line of standard input has the
 * words of a command. The answer, in the file that is the argument, is its exit code, then the
 * length of what it said in bytes, both as four bytes, and what it said, in UTF-8.
 */
public final class CommandLoop {
  private CommandLoop() {}

  /** Ends with its input. */
  public static void main(String[] arguments) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (DataOutputStream out = new DataOutputStream(new FileOutputStream(arguments[0]))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        CommandLineRun run = CommandLineRun.of(line.split(" +", -1));
        byte[] said = run.text().getBytes(StandardCharsets.UTF_8);
        out.writeInt(run.code());
        out.writeInt(said.length);
        out.write(said);
      }
    }
    System.exit(0);
  }
}
