package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that decides about a network of the staged family. Its name says all of it: networks of the
 * same name are the same, whichever file their space comes from. What does not matter for a network
 * has the value of {@link #normal}.
 *
 * @param block the kind of its blocks
 * @param widths channels of each stage that has blocks
 * @param depths blocks of each of these stages, at least 1
 * @param kernel the side of its kernels, those of 1 x 1 aside
 * @param groupWidth channels of a group in bottlenecks
 * @param ratio how many times fewer channels the grouped convolution has
 * @param expansion how many times as many channels the depthwise convolution has
 * @param squeeze how many times fewer channels the inner layer of squeeze-and-excitation has; 0
 *     without
 * @param maxHead whether the head takes the maximum of each channel, and not the mean
 * @param resolution the side of the first stage's images
 * @param downsampling how the side is halved
 * @param activation the nonlinearity
 * @param dropout the fraction of features that is dropped before the scores
 */
record StagedNetwork(
    BlockKind block,
    List<Integer> widths,
    List<Integer> depths,
    int kernel,
    int groupWidth,
    int ratio,
    int expansion,
    int squeeze,
    boolean maxHead,
    int resolution,
    Downsampling downsampling,
    ActivationFunction activation,
    double dropout) {
  /** The trait that says that a network is of this family, so that its name is enough. */
  static final String FAMILY = "family";

  /** The value of {@link #FAMILY}. */
  static final String STAGED = "staged";

  private static final int KERNEL = 3;
  private static final int GROUP_WIDTH = 32;
  private static final int RATIO = 1;
  private static final int EXPANSION = 3;
  private static final int SQUEEZE = 16;
  private static final int SIDE = 32;

  private static final Pattern NAME =
      Pattern.compile(
          "(plain|residual|bottleneck|inverted)(?:-k([1-9]))?(?:-g(\\d{1,4}))?(?:-r(\\d))?(?:-e(\\d))?"
              + "((?:-\\d{1,4}x[1-8]){1,5})(-se(\\d{0,2}))?(-max)?(-s16)?(-pool3?)?"
              + "-(relu|elu|leakyrelu|gelu|silu)(?:-d(0\\.\\d{1,8}))?");

  /** Copies the lists. */
  StagedNetwork {
    widths = List.copyOf(widths);
    depths = List.copyOf(depths);
  }

  /** This network with the usual value wherever another one would make no difference. */
  StagedNetwork normal() {
    boolean bottleneck = block == BlockKind.BOTTLENECK;
    boolean halves = widths.size() > 1 || resolution < SIDE;
    return new StagedNetwork(
        block,
        widths,
        depths,
        kernel,
        bottleneck ? groupWidth : GROUP_WIDTH,
        bottleneck ? ratio : RATIO,
        block == BlockKind.INVERTED ? expansion : EXPANSION,
        squeeze,
        maxHead,
        resolution,
        halves ? downsampling : Downsampling.STRIDE,
        activation,
        dropout);
  }

  /** Such as {@code residual-64x2-128x2-256x2-512x2-se-relu}. */
  String phenotype() {
    StringBuilder name = new StringBuilder(block.text());
    add(name, "-k", kernel, KERNEL);
    add(name, "-g", groupWidth, GROUP_WIDTH);
    add(name, "-r", ratio, RATIO);
    add(name, "-e", expansion, EXPANSION);
    for (int i = 0; i < widths.size(); i++) {
      name.append('-').append(widths.get(i)).append('x').append(depths.get(i));
    }
    if (squeeze > 0) {
      name.append("-se").append(squeeze == SQUEEZE ? "" : String.valueOf(squeeze));
    }
    name.append(maxHead ? "-max" : "").append(resolution < SIDE ? "-s16" : "");
    name.append(downsampling.suffix()).append('-').append(word(activation));
    return dropout > 0 ? name.append("-d").append(dropout).toString() : name.toString();
  }

  private static void add(StringBuilder name, String mark, int value, int usual) {
    if (value != usual) {
      name.append(mark).append(value);
    }
  }

  static String word(ActivationFunction activation) {
    return activation.torchName().toLowerCase(Locale.ROOT);
  }

  /** The activation of this word. */
  static ActivationFunction activation(String word) {
    return Arrays.stream(ActivationFunction.values())
        .filter(function -> word(function).equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no activation " + word));
  }

  /** The network of a name, if the name is written as {@link #phenotype} writes it. */
  static Optional<StagedNetwork> parse(String phenotype) {
    Matcher name = NAME.matcher(phenotype);
    if (!name.matches()) {
      return Optional.empty();
    }
    List<Integer> widths = new ArrayList<>();
    List<Integer> depths = new ArrayList<>();
    for (String stage : name.group(6).substring(1).split("-", -1)) {
      int x = stage.indexOf('x');
      widths.add(Integer.valueOf(stage.substring(0, x)));
      depths.add(Integer.valueOf(stage.substring(x + 1)));
    }
    String pool = name.group(11) == null ? "" : name.group(11);
    StagedNetwork network =
        new StagedNetwork(
            BlockKind.valueOf(name.group(1).toUpperCase(Locale.ROOT)),
            widths,
            depths,
            number(name.group(2), KERNEL),
            number(name.group(3), GROUP_WIDTH),
            number(name.group(4), RATIO),
            number(name.group(5), EXPANSION),
            name.group(7) == null ? 0 : number(name.group(8), SQUEEZE),
            name.group(9) != null,
            name.group(10) == null ? SIDE : SIDE / 2,
            Arrays.stream(Downsampling.values())
                .filter(way -> way.suffix().equals(pool))
                .findFirst()
                .orElseThrow(),
            activation(name.group(12)),
            name.group(13) == null ? 0 : Double.parseDouble(name.group(13)));
    return network.phenotype().equals(phenotype) && network.normal().equals(network)
        ? Optional.of(network)
        : Optional.empty();
  }

  private static int number(String digits, int usual) {
    return digits == null || digits.isEmpty() ? usual : Integer.parseInt(digits);
  }

  /** Whether a setting makes a difference for this network. */
  boolean reads(StagedSetting setting, int highestStage) {
    return switch (setting) {
      case KERNEL -> block == BlockKind.INVERTED;
      case CONV_KERNEL -> block != BlockKind.INVERTED;
      case EXPANSION -> block == BlockKind.INVERTED;
      case GROUP_WIDTH, BOTTLENECK_RATIO -> block == BlockKind.BOTTLENECK;
      case SE_RATIO -> squeeze > 0;
      case DOWNSAMPLING -> widths.size() > 1 || resolution < SIDE;
      case GROWTH2, GROWTH3, GROWTH4, GROWTH5 -> setting.stage() <= highestStage;
      default -> true;
    };
  }

  /**
   * The network of a space.
   *
   * @param genes what the genes say, for people
   */
  Architecture architecture(String space, int classes, Map<String, String> genes) {
    return new Architecture(
        space,
        phenotype(),
        classes,
        Architecture.INPUT,
        new StagedGraph(this).nodes(classes),
        genes,
        traits());
  }

  private Map<String, Object> traits() {
    Map<String, Object> traits = new LinkedHashMap<>();
    traits.put(FAMILY, STAGED);
    traits.put("block", block.text());
    traits.put("widths", widths);
    traits.put("blocks", depths);
    traits.put("kernel", kernel);
    if (block == BlockKind.BOTTLENECK) {
      traits.put("group_width", groupWidth);
      traits.put("bottleneck_ratio", ratio);
    }
    if (block == BlockKind.INVERTED) {
      traits.put("expansion", expansion);
    }
    traits.put("se_ratio", squeeze == 0 ? null : squeeze);
    traits.put("head", maxHead ? "max" : "mean");
    traits.put("resolution", resolution);
    traits.put("downsampling", downsampling.text());
    traits.put("activation", activation.torchName());
    traits.put("dropout", dropout);
    return traits;
  }

  /**
   * Checks that groups and inner layers divide the channels.
   *
   * @throws IllegalArgumentException if they do not; the message names the setting
   */
  void checkDivisors() {
    for (int width : widths) {
      if (block == BlockKind.BOTTLENECK && width % ratio != 0) {
        throw wrong(StagedSetting.BOTTLENECK_RATIO, ratio, width);
      }
      if (block == BlockKind.BOTTLENECK && width / ratio % groupWidth != 0) {
        throw wrong(StagedSetting.GROUP_WIDTH, groupWidth, width / ratio);
      }
      if (squeeze > 0 && width % squeeze != 0) {
        throw wrong(StagedSetting.SE_RATIO, squeeze, width);
      }
    }
  }

  private static IllegalArgumentException wrong(StagedSetting setting, int value, int channels) {
    return new IllegalArgumentException(
        Text.format(
            "%s %d does not divide the %d channels that a stage may have",
            setting.text(), value, channels));
  }
}
