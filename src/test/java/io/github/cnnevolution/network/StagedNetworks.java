package io.github.cnnevolution.network;

import io.github.cnnevolution.run.SpaceFile;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.StagedSpace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random networks of staged spaces for tests. */
final class StagedNetworks {
  private static final int CLASSES = 10;

  /** All that a file can say, in networks of few channels. */
  private static final String NARROW =
      """
      {"name": "narrow", "stages": 5, "fixed": {"round_to": 8, "max_width": 24},
       "genes": [
        {"name": "block", "values": ["plain", "residual", "bottleneck", "inverted"]},
        {"name": "width", "values": [8, 16]},
        {"name": "growths", "sets": ["growth2", "growth3", "growth4", "growth5"], "values": [1, 1.5]},
        {"name": "blocks1", "values": [1, 2]},
        {"name": "blocks2", "values": [0, 1]},
        {"name": "blocks3", "values": [1, 2]},
        {"name": "blocks45", "sets": ["blocks4", "blocks5"], "values": [0, 1]},
        {"name": "kernel", "values": [3, 5, 7, 9]},
        {"name": "conv_kernel", "values": [1, 3, 5, 7]},
        {"name": "expansion", "values": [1, 2, 3, 6]},
        {"name": "group_width", "values": [2, 4]},
        {"name": "bottleneck_ratio", "values": [1, 2]},
        {"name": "se", "values": ["off", "on"]},
        {"name": "se_ratio", "values": [4, 8]},
        {"name": "head", "values": ["mean", "max"]},
        {"name": "resolution", "values": [32, 16]},
        {"name": "activation", "values": ["relu", "elu", "leakyrelu", "gelu", "silu"], "bits": 4},
        {"name": "downsampling", "values": ["stride", "pool2", "pool3"]}]}""";

  private StagedNetworks() {}

  static SearchSpace narrow() {
    return new StagedSpace(SpaceFile.definition(NARROW.getBytes(StandardCharsets.UTF_8)));
  }

  /** Of a space with all kinds of blocks, kernels and poolings, 2 to 5 stages. */
  static List<Architecture> narrow(int count, long seed) {
    return random(narrow(), count, Long.MAX_VALUE, seed);
  }

  /** Of the built-in space, those with few parameters. */
  static List<Architecture> residual(int count, long parameters, long seed) {
    return random(SpaceFile.builtIn().get("residual"), count, parameters, seed);
  }

  private static List<Architecture> random(
      SearchSpace space, int count, long parameters, long seed) {
    Random random = new Random(seed);
    List<Architecture> networks = new ArrayList<>();
    while (networks.size() < count) {
      StringBuilder bits = new StringBuilder();
      while (bits.length() < space.defaultLength()) {
        bits.append(random.nextInt(2));
      }
      Architecture network = space.decode(new Chromosome(bits.toString()), CLASSES);
      if (network.parameters() <= parameters) {
        networks.add(network);
      }
    }
    return networks;
  }
}
