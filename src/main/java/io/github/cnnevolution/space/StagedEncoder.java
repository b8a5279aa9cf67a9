package io.github.cnnevolution.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds a chromosome for a network: each gene takes the first value that agrees with it. Widths
 * follow from several genes together, so that these are tried out; so is which stages have blocks,
 * if some have none.
 */
final class StagedEncoder {
  private final StagedDefinition definition;
  private final int length;

  StagedEncoder(StagedDefinition definition, int length) {
    this.definition = definition;
    this.length = length;
  }

  /** The chromosome, if the space has the network. */
  Optional<Chromosome> find(StagedNetwork target) {
    if (target.widths().size() > definition.stages()) {
      return Optional.empty();
    }
    for (int pattern = 0; pattern < (1 << definition.stages()); pattern++) {
      if (Integer.bitCount(pattern) == target.widths().size()) {
        List<Integer> depths = new ArrayList<>();
        int next = 0;
        for (int stage = 0; stage < definition.stages(); stage++) {
          boolean has = ((pattern >> stage) & 1) == 1;
          depths.add(has ? target.depths().get(next++) : Integer.valueOf(0));
        }
        Optional<Chromosome> found = find(target, depths);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Chromosome> find(StagedNetwork target, List<Integer> depths) {
    char[] bits = "0".repeat(length).toCharArray();
    StagedSettings settings = definition.initial();
    for (StagedGene gene : definition.genes()) {
      if (StagedDefinition.Group.of(gene.sets().get(0)) != StagedDefinition.Group.WIDTHS) {
        int place = place(gene, settings, target, depths);
        gene.write(bits, place);
        settings = settings.with(gene, gene.values().get(place));
      }
    }
    return widths(definition.genes(StagedDefinition.Group.WIDTHS), settings, target, bits)
        ? Optional.of(new Chromosome(new String(bits)))
        : Optional.empty();
  }

  private boolean widths(
      List<StagedGene> genes, StagedSettings settings, StagedNetwork target, char[] bits) {
    if (genes.isEmpty()) {
      return settings.network().equals(target);
    }
    StagedGene gene = genes.get(0);
    for (int place = 0; place < values(gene); place++) {
      StagedSettings with = settings.with(gene, gene.values().get(place));
      if (widths(genes.subList(1, genes.size()), with, target, bits)) {
        gene.write(bits, place);
        return true;
      }
    }
    return false;
  }

  /** A chromosome that ends before a gene has its first value. */
  private int values(StagedGene gene) {
    return gene.to() > length ? 1 : gene.values().size();
  }

  private int place(
      StagedGene gene, StagedSettings settings, StagedNetwork target, List<Integer> depths) {
    for (int place = 0; place < values(gene); place++) {
      StagedSettings with = settings.with(gene, gene.values().get(place));
      if (gene.sets().stream().allMatch(setting -> agrees(setting, with, target, depths))) {
        return place;
      }
    }
    return 0;
  }

  private static boolean agrees(
      StagedSetting setting, StagedSettings settings, StagedNetwork target, List<Integer> depths) {
    if (setting.isOfDepth()) {
      return settings.value(setting) == depths.get(setting.stage() - 1);
    }
    StagedNetwork made = settings.network(target.widths(), target.depths());
    return switch (setting) {
      case BLOCK -> made.block() == target.block();
      case KERNEL -> target.block() != BlockKind.INVERTED || is(settings, setting, target.kernel());
      case CONV_KERNEL ->
          target.block() == BlockKind.INVERTED || is(settings, setting, target.kernel());
      case EXPANSION ->
          target.block() != BlockKind.INVERTED || is(settings, setting, target.expansion());
      case GROUP_WIDTH ->
          target.block() != BlockKind.BOTTLENECK || is(settings, setting, target.groupWidth());
      case BOTTLENECK_RATIO ->
          target.block() != BlockKind.BOTTLENECK || is(settings, setting, target.ratio());
      case SE -> (made.squeeze() > 0) == (target.squeeze() > 0);
      case SE_RATIO -> target.squeeze() == 0 || is(settings, setting, target.squeeze());
      case HEAD -> made.maxHead() == target.maxHead();
      case RESOLUTION -> made.resolution() == target.resolution();
      case ACTIVATION -> made.activation() == target.activation();
      // Where nothing is halved it makes no difference, and both have the usual one.
      case DOWNSAMPLING ->
          Arrays.asList(made.downsampling(), Downsampling.STRIDE).contains(target.downsampling())
              && (made.downsampling() == target.downsampling() || !halves(target));
      case DROPOUT -> made.dropout() == target.dropout();
      default -> true;
    };
  }

  private static boolean halves(StagedNetwork network) {
    return network.widths().size() > 1 || network.resolution() < 32;
  }

  private static boolean is(StagedSettings settings, StagedSetting setting, int value) {
    return settings.value(setting) == value;
  }
}
