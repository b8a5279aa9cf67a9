package io.github.cnnevolution.cli;

import io.github.cnnevolution.report.Console;
import io.github.cnnevolution.report.SpaceReport;
import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.Bounds;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.text.Text;
import java.util.List;
import org.apache.commons.cli.Options;

/**
 * Lists the search spaces, or shows the genes and the sizes of one. Needs neither LibTorch nor
 * data.
 */
final class SpacesCommand implements Command {
  @Override
  public String name() {
    return "spaces";
  }

  @Override
  public String summary() {
    return "Lists the search spaces; with a name or file: its genes, networks and their sizes.";
  }

  @Override
  public String operands() {
    return "[NAME|FILE]";
  }

  @Override
  public Options options() {
    Options options = new Options();
    SpaceOptions.narrowing().forEach(options::addOption);
    SpaceOptions.bounds().forEach(options::addOption);
    return options.addOption(Arguments.flag("json", "print JSON, one object per line"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException {
    List<String> names = arguments.operands();
    if (names.size() > 1) {
      throw new UsageException(
          Text.format("unexpected argument '%s'; spaces takes one space", names.get(1)));
    }
    boolean json = arguments.has("json");
    Bounds bounds = SpaceOptions.bounds(arguments, Bounds.NONE);
    if (names.isEmpty()) {
      if (arguments.isGiven(SpaceOptions.FIX)
          || arguments.isGiven(SpaceOptions.CHOICES)
          || !bounds.isNone()) {
        throw new UsageException("--fix, --choices and bounds need a space: spaces NAME");
      }
      List<SearchSpace> all =
          SpaceFile.builtIn().names().stream().map(SpaceFile.builtIn()::get).toList();
      console.out().println(json ? SpaceReport.listJson(all) : SpaceReport.list(all));
      return ExitCode.OK;
    }
    SearchSpace space = SpaceOptions.space(arguments, SpaceOptions.named("spaces", names.get(0)));
    console.out().println(json ? SpaceReport.json(space, bounds) : SpaceReport.text(space, bounds));
    return ExitCode.OK;
  }
}
