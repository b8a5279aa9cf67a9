package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Plain chains of convolution blocks with two hidden linear layers: 480 networks, in chromosomes of
 * 20 bits.
 *
 * <p>The layout is fixed: other implementations decode the same strings. Bits 2, 5, 8, 11 and all
 * from 19 on separate or pad, and carry nothing, nor do the pool gene and the genes of blocks
 * beyond the depth. Networks are built once and then remembered. Safe to share between threads.
 */
public final class PlainSpace implements SearchSpace {
  /** The name of this space. */
  public static final String NAME = "plain";

  /** The shortest chromosome that holds every field. */
  public static final int MINIMUM_LENGTH = 19;

  /** The default length: the fields and a trailing separator. */
  public static final int DEFAULT_LENGTH = 20;

  /** Channel counts; block i of a network with stem index o has the width at min(o + i, last). */
  public static final List<Integer> WIDTHS = List.of(16, 32, 64, 128, 256);

  /** Kernel sides by gene value. */
  public static final List<Integer> KERNELS = List.of(2, 3, 5, 7);

  /** Nonlinearities by gene value. */
  public static final List<ActivationFunction> ACTIVATIONS =
      List.of(
          ActivationFunction.RELU,
          ActivationFunction.ELU,
          ActivationFunction.LEAKY_RELU,
          ActivationFunction.GELU);

  /** The most blocks, which also is the number of stem widths. */
  private static final int DEPTH = 4;

  /** Index o into {@link #WIDTHS}: the width of the stem; the network has o + 1 blocks. */
  public static final Gene STEM_WIDTH =
      new Gene("stem width", 0, 2, labels(WIDTHS.subList(0, DEPTH)));

  /** Index into {@link #KERNELS}: the side of every convolution's kernel. */
  public static final Gene KERNEL = new Gene("kernel", 3, 5, labels(KERNELS));

  /** Index into {@link #ACTIVATIONS}: the nonlinearity of the blocks. */
  public static final Gene ACTIVATION =
      new Gene(
          "activation", 6, 8, ACTIVATIONS.stream().map(ActivationFunction::torchName).toList());

  /** Reserved: decoded and shown, but without effect on the network. */
  public static final Gene POOL = new Gene("pool", 9, 11, labels(List.of(0, 1, 2, 3)));

  /** One bit a block, the first for block 0; only the first o + 1 are read. */
  public static final Gene BLOCKS =
      new Gene("blocks", 12, 19, IntStream.range(0, 1 << 7).mapToObj(PlainSpace::symbols).toList());

  private static final List<Gene> GENES = List.of(STEM_WIDTH, KERNEL, ACTIVATION, POOL, BLOCKS);

  private static final List<GeneView> VIEWS =
      List.of(
          new GeneView(
              STEM_WIDTH.name(), "Stem width and depth", "stem width, depth", stemWidths(), 0),
          new GeneView(KERNEL.name(), "Kernel", "side of the kernel", kernels(), 0),
          GeneView.of(ACTIVATION),
          new GeneView(
              BLOCKS.name(),
              "Blocks",
              "block by its place, s single or d double",
              List.of(symbol(BlockType.SINGLE), symbol(BlockType.DOUBLE)),
              DEPTH));

  /** The name of a network: stem width, kernel, activation, blocks. */
  private static final Pattern PHENOTYPE = Pattern.compile("w(\\d{1,3})-k(\\d)-([a-z]+)-([sd]+)");

  /** By the number of classes, the networks that were asked for, each at its {@link #index}. */
  private final Map<Integer, AtomicReferenceArray<Architecture>> known = new ConcurrentHashMap<>();

  private static List<String> labels(List<Integer> values) {
    return values.stream().map(String::valueOf).toList();
  }

  private static List<GeneView.Value> stemWidths() {
    return IntStream.range(0, DEPTH)
        .mapToObj(
            i ->
                GeneView.Value.of(
                    String.valueOf(WIDTHS.get(i)), String.valueOf(WIDTHS.get(i)), blocks(i + 1)))
        .toList();
  }

  private static String blocks(int count) {
    return count == 1 ? "1 block" : count + " blocks";
  }

  private static List<GeneView.Value> kernels() {
    return KERNELS.stream()
        .map(side -> GeneView.Value.of(String.valueOf(side), side + " × " + side))
        .toList();
  }

  private static GeneView.Value symbol(BlockType type) {
    return GeneView.Value.of(String.valueOf(type.symbol()));
  }

  /** The letters of all block genes. */
  private static String symbols(int value) {
    StringBuilder letters = new StringBuilder();
    for (int bit = 6; bit >= 0; bit--) {
      letters.append(type(value >> bit).symbol());
    }
    return letters.toString();
  }

  private static BlockType type(int gene) {
    return (gene & 1) == 1 ? BlockType.SINGLE : BlockType.DOUBLE;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Gene> genes() {
    return GENES;
  }

  /** Those that have an effect. The depth follows from the stem's width and is shown with it. */
  @Override
  public List<GeneView> geneViews() {
    return VIEWS;
  }

  @Override
  public int minimumLength() {
    return MINIMUM_LENGTH;
  }

  @Override
  public int defaultLength() {
    return DEFAULT_LENGTH;
  }

  @Override
  public Architecture decode(Chromosome chromosome, int classes) {
    check(chromosome);
    int stem = STEM_WIDTH.read(chromosome);
    // Of the genes of all blocks, those that the network has.
    int blocks = chromosome.field(BLOCKS.from(), BLOCKS.from() + stem + 1);
    return network(stem, KERNEL.read(chromosome), ACTIVATION.read(chromosome), blocks, classes);
  }

  private Architecture network(int stem, int kernel, int activation, int blocks, int classes) {
    AtomicReferenceArray<Architecture> networks =
        known.computeIfAbsent(classes, any -> new AtomicReferenceArray<>(index(DEPTH, 0, 0, 0)));
    int index = index(stem, kernel, activation, blocks);
    Architecture network = networks.get(index);
    if (network == null) {
      List<BlockType> types =
          IntStream.rangeClosed(0, stem).mapToObj(i -> type(blocks >> (stem - i))).toList();
      network =
          new PlainNetwork(stem, KERNELS.get(kernel), ACTIVATIONS.get(activation), types)
              .architecture(classes);
      networks.set(index, network);
    }
    return network;
  }

  @Override
  public List<String> phenotypes() {
    return all(Architecture.CLASSES).stream().map(Architecture::phenotype).toList();
  }

  /**
   * The network of a name.
   *
   * @throws IllegalArgumentException if no network of this space has it
   */
  public Architecture named(String phenotype, int classes) {
    return encode(phenotype, defaultLength())
        .map(chromosome -> decode(chromosome, classes))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Text.format("no network of the 20-bit space has the name '%s'", phenotype)));
  }

  @Override
  public Optional<Chromosome> encode(String phenotype, int length) {
    Matcher name = PHENOTYPE.matcher(phenotype);
    if (length < MINIMUM_LENGTH || !name.matches()) {
      return Optional.empty();
    }
    int stem = WIDTHS.subList(0, DEPTH).indexOf(Integer.valueOf(name.group(1)));
    int kernel = KERNELS.indexOf(Integer.valueOf(name.group(2)));
    int activation =
        ACTIVATIONS.stream()
            .map(function -> function.torchName().toLowerCase(Locale.ROOT))
            .toList()
            .indexOf(name.group(3));
    String blocks = name.group(4);
    if (stem < 0 || kernel < 0 || activation < 0 || blocks.length() != stem + 1) {
      return Optional.empty();
    }
    char[] bits = "0".repeat(length).toCharArray();
    write(bits, STEM_WIDTH, stem);
    write(bits, KERNEL, kernel);
    write(bits, ACTIVATION, activation);
    for (int i = 0; i < blocks.length(); i++) {
      bits[BLOCKS.from() + i] = blocks.charAt(i) == BlockType.SINGLE.symbol() ? '1' : '0';
    }
    return Optional.of(new Chromosome(new String(bits)));
  }

  private static void write(char[] bits, Gene gene, int value) {
    for (int i = gene.to() - 1, rest = value; i >= gene.from(); i--, rest >>= 1) {
      bits[i] = (char) ('0' + (rest & 1));
    }
  }

  private static int index(int stem, int kernel, int activation, int blocks) {
    int others = (stem * KERNELS.size() + kernel) * ACTIVATIONS.size() + activation;
    return others << DEPTH | blocks;
  }

  /** Every network of this space, 480 in all, each once, the narrowest stems first. */
  public List<Architecture> all(int classes) {
    List<Architecture> all = new ArrayList<>();
    for (int stem = 0; stem < DEPTH; stem++) {
      for (int kernel = 0; kernel < KERNELS.size(); kernel++) {
        for (int activation = 0; activation < ACTIVATIONS.size(); activation++) {
          for (int choices = 0; choices < 1 << (stem + 1); choices++) {
            // Counted with the first block as the lowest bit, its gene is the highest.
            int blocks = Integer.reverse(choices) >>> (Integer.SIZE - stem - 1);
            all.add(network(stem, kernel, activation, blocks, classes));
          }
        }
      }
    }
    return Collections.unmodifiableList(all);
  }

  @Override
  public List<Architecture> smallest(int classes) {
    List<Architecture> all = all(classes);
    return List.of(
        Collections.min(all, Comparator.comparingLong(Architecture::parameters)),
        Collections.min(all, Comparator.comparingLong(Architecture::flops)));
  }

  /**
   * The widest networks with the largest kernel and the activation that is not pooled first, with
   * all single blocks before all double ones. How many of each take most memory depends on the
   * batch: two convolutions have more weights, one works on a larger image.
   */
  @Override
  public List<Architecture> largest(int classes) {
    int activation = ACTIVATIONS.indexOf(ActivationFunction.GELU);
    int all = (1 << DEPTH) - 1;
    return IntStream.rangeClosed(0, DEPTH)
        .map(singles -> all & ~(all >> singles))
        .mapToObj(blocks -> network(DEPTH - 1, KERNELS.size() - 1, activation, blocks, classes))
        .toList();
  }
}
