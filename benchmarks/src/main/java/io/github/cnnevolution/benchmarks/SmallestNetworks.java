package io.github.cnnevolution.benchmarks;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import java.util.Comparator;

/** Prints the names of the plain networks with the fewest FLOPs, one a line, the smallest first. */
public final class SmallestNetworks {
  private SmallestNetworks() {}

  /**
   * Runs the program.
   *
   * @param args how many; 240 if nothing is said
   */
  public static void main(String[] args) {
    int count = args.length == 0 ? 240 : Integer.parseInt(args[0]);
    PlainSpace space = new PlainSpace();
    space.phenotypes().stream()
        .map(name -> space.encode(name, space.defaultLength()).orElseThrow())
        .map(chromosome -> space.decode(chromosome, Architecture.CLASSES))
        .sorted(
            Comparator.comparingLong(Architecture::flops).thenComparing(Architecture::phenotype))
        .limit(count)
        .forEach(network -> System.out.println(network.phenotype()));
  }
}
