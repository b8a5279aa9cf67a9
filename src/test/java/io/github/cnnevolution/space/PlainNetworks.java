package io.github.cnnevolution.space;

import java.util.List;

/** Networks of the plain space for tests. */
public final class PlainNetworks {
  private static final PlainSpace SPACE = new PlainSpace();

  private PlainNetworks() {}

  /** All 480, for {@value Architecture#CLASSES} classes. */
  public static List<Architecture> all() {
    return SPACE.all(Architecture.CLASSES);
  }

  /** What a chromosome stands for, for {@value Architecture#CLASSES} classes. */
  public static Architecture decode(Chromosome chromosome) {
    return decode(chromosome, Architecture.CLASSES);
  }

  /** What a chromosome stands for. */
  public static Architecture decode(Chromosome chromosome, int classes) {
    return SPACE.decode(chromosome, classes);
  }

  /** The network of this name. */
  public static Architecture named(String phenotype) {
    return all().stream()
        .filter(architecture -> architecture.phenotype().equals(phenotype))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no network " + phenotype));
  }

  /** The number of blocks. */
  public static int depth(Architecture network) {
    return (Integer) network.traits().get("depth");
  }

  /** The side of the kernels. */
  public static int kernel(Architecture network) {
    return (Integer) network.traits().get("kernel");
  }

  /** The channels of the stem. */
  public static int stemWidth(Architecture network) {
    return (Integer) network.traits().get("stem_width");
  }

  /** The name of the blocks' activation in PyTorch. */
  public static String activation(Architecture network) {
    return (String) network.traits().get("activation");
  }

  /** The letter of each block. */
  public static String blocks(Architecture network) {
    return network.genes().get("blocks");
  }
}
