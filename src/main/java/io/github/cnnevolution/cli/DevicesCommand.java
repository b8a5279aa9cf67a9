package io.github.cnnevolution.cli;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.DeviceReport;
import org.apache.commons.cli.Options;

/** Shows what this machine offers. */
final class DevicesCommand implements Command {
  @Override
  public String name() {
    return "devices";
  }

  @Override
  public String summary() {
    return "Shows the devices of this machine and the precisions that they support.";
  }

  @Override
  public Options options() {
    return new Options();
  }

  @Override
  public int run(Arguments arguments, Console console) {
    ComputeDevice cpu = Devices.cpu();
    console.out().println(DeviceReport.table(cpu, Devices.cores(), Devices.memoryBytes()));
    return ExitCode.OK;
  }
}
