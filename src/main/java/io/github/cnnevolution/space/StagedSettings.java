package io.github.cnnevolution.space;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A value of every setting of a staged network. Immutable. */
final class StagedSettings {
  private static final List<BlockKind> KINDS = List.of(BlockKind.values());
  private static final List<Downsampling> WAYS = List.of(Downsampling.values());

  /** In the order of their words in {@link StagedSetting#ACTIVATION}. */
  private static final List<ActivationFunction> ACTIVATIONS =
      List.of(
          ActivationFunction.RELU,
          ActivationFunction.ELU,
          ActivationFunction.LEAKY_RELU,
          ActivationFunction.GELU,
          ActivationFunction.SILU);

  private final int stages;
  private final Map<StagedSetting, Double> values;

  private StagedSettings(int stages, Map<StagedSetting, Double> values) {
    this.stages = stages;
    this.values = values;
  }

  /** Those that a file fixes, and the initial values of the others. */
  static StagedSettings of(int stages, Map<StagedSetting, String> fixed) {
    Map<StagedSetting, Double> values = new EnumMap<>(StagedSetting.class);
    for (StagedSetting setting : StagedSetting.values()) {
      values.put(setting, setting.parse(fixed.getOrDefault(setting, setting.initial())));
    }
    return new StagedSettings(stages, values);
  }

  /** These settings with what a gene of this value sets. */
  StagedSettings with(StagedGene gene, String value) {
    if (value.equals(StagedGene.AS_BEFORE)) {
      return this;
    }
    Map<StagedSetting, Double> changed = new EnumMap<>(values);
    for (StagedSetting setting : gene.sets()) {
      changed.put(setting, setting.parse(value));
    }
    return new StagedSettings(stages, changed);
  }

  double value(StagedSetting setting) {
    return values.get(setting);
  }

  private int whole(StagedSetting setting) {
    return (int) value(setting);
  }

  /**
   * The channels of each stage, with blocks or without: those of the first times the growths,
   * rounded to a multiple, half up, and cut off. Growths multiply before anything is rounded.
   */
  List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    double exact = value(StagedSetting.WIDTH);
    int multiple = whole(StagedSetting.ROUND_TO);
    for (int stage = 1; stage <= stages; stage++) {
      exact *= stage == 1 ? 1 : value(StagedSetting.growth(stage));
      double rounded = Math.max(1, Math.floor(exact / multiple + 0.5)) * multiple;
      widths.add((int) Math.min(rounded, value(StagedSetting.MAX_WIDTH)));
    }
    return widths;
  }

  /** The blocks of each stage. */
  List<Integer> depths() {
    List<Integer> depths = new ArrayList<>();
    for (int stage = 1; stage <= stages; stage++) {
      depths.add(whole(StagedSetting.blocks(stage)));
    }
    return depths;
  }

  /** The last stage with blocks. */
  int highestStage() {
    int stage = stages;
    while (whole(StagedSetting.blocks(stage)) == 0) {
      stage--;
    }
    return stage;
  }

  /** The network of these settings. */
  StagedNetwork network() {
    List<Integer> widths = new ArrayList<>();
    List<Integer> depths = new ArrayList<>();
    List<Integer> all = widths();
    for (int stage = 1; stage <= stages; stage++) {
      int blocks = whole(StagedSetting.blocks(stage));
      if (blocks > 0) {
        widths.add(all.get(stage - 1));
        depths.add(blocks);
      }
    }
    return network(widths, depths);
  }

  /** The network of these settings with other stages. */
  StagedNetwork network(List<Integer> widths, List<Integer> depths) {
    BlockKind block = KINDS.get(whole(StagedSetting.BLOCK));
    return new StagedNetwork(
            block,
            widths,
            depths,
            whole(block == BlockKind.INVERTED ? StagedSetting.KERNEL : StagedSetting.CONV_KERNEL),
            whole(StagedSetting.GROUP_WIDTH),
            whole(StagedSetting.BOTTLENECK_RATIO),
            whole(StagedSetting.EXPANSION),
            whole(StagedSetting.SE) == 0 ? 0 : whole(StagedSetting.SE_RATIO),
            whole(StagedSetting.HEAD) == 1,
            whole(StagedSetting.RESOLUTION) == 0 ? 32 : 16,
            WAYS.get(whole(StagedSetting.DOWNSAMPLING)),
            ACTIVATIONS.get(whole(StagedSetting.ACTIVATION)),
            value(StagedSetting.DROPOUT))
        .normal();
  }
}
