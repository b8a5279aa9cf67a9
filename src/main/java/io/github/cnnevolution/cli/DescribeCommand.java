package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.ArchitectureReport;
import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Options;

/** Shows the network that a chromosome encodes. Needs neither LibTorch nor data. */
final class DescribeCommand implements Command {
  private static final int MAX_CLASSES = 1_000_000;

  @Override
  public String name() {
    return "describe";
  }

  @Override
  public String summary() {
    return "Shows the layers of a chromosome's network with shapes, parameters and flops.";
  }

  @Override
  public String operands() {
    return "CHROMOSOME|NETWORK...";
  }

  @Override
  public Options options() {
    Options options = new Options();
    SpaceOptions.options().forEach(options::addOption);
    SpaceOptions.bounds().forEach(options::addOption);
    return options
        .addOption(
            Arguments.valued(
                "classes",
                "N",
                Text.format(
                    "outputs of the last layer (default: %d, as for CIFAR-100)",
                    Architecture.CLASSES)))
        .addOption(Arguments.flag("json", "print one JSON object per line"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException {
    if (arguments.operands().isEmpty()) {
      throw new UsageException(
          "describe needs at least one chromosome, such as 00001000000010000000, or name of a network, such as w16-k3-relu-s");
    }
    int classes = arguments.integer("classes", 2, MAX_CLASSES, Architecture.CLASSES);
    SearchSpace space = SpaceOptions.space(arguments, new PlainSpace());
    Bounds bounds = SpaceOptions.bounds(arguments, Bounds.NONE);
    List<Chromosome> chromosomes = new ArrayList<>();
    for (String bits : arguments.operands()) {
      chromosomes.add(ChromosomeFile.parse(space, bits));
    }
    for (Chromosome chromosome : chromosomes) {
      console
          .out()
          .println(
              arguments.has("json")
                  ? ArchitectureReport.json(chromosome, space, classes, bounds)
                  : ArchitectureReport.table(chromosome, space, classes, bounds));
    }
    return ExitCode.OK;
  }
}
