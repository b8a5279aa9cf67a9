package io.github.cnnevolution.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainSpaceTest {
  /** The table that every implementation of this genome must reproduce. */
  @ParameterizedTest
  @CsvSource({
    "00000000000000000000, 1, 2, ReLU,      1024,  4302196,   10035200",
    "00001000000010000000, 1, 3, ReLU,      4096, 10594132,   26779648",
    "01010010000001000000, 2, 5, LeakyReLU, 1024,  4405028,   46276608",
    "10011011000010100000, 3, 7, GELU,      1024,  7321380,  644423680",
    "11001000000010010000, 4, 3, ReLU,       256,  5535460,  438378496",
    "11010001000011110000, 4, 5, ELU,       1024,  8817892, 1548689408",
  })
  void decodesTheReferenceChromosomes(
      String bits,
      int depth,
      int kernel,
      String activation,
      int features,
      long parameters,
      long flops) {
    Architecture architecture = PlainNetworks.decode(new Chromosome(bits));
    assertEquals(depth, PlainNetworks.depth(architecture));
    assertEquals(kernel, PlainNetworks.kernel(architecture));
    assertEquals(activation, PlainNetworks.activation(architecture));
    assertEquals(features, architecture.traits().get("features"));
    assertEquals(parameters, architecture.parameters());
    assertEquals(flops, architecture.flops());
  }

  @Test
  void expresses480Networks() {
    Set<Architecture> decoded = new HashSet<>();
    for (int i = 0; i < 1 << 20; i++) {
      String bits = Integer.toBinaryString(i | 1 << 20).substring(1);
      decoded.add(PlainNetworks.decode(new Chromosome(bits)));
    }
    assertEquals(480, decoded.size());
    assertEquals(decoded, new HashSet<>(PlainNetworks.all()));
    assertEquals(480, PlainNetworks.all().size());
  }

  /** Every name leads back to its network, in chromosomes of any length. */
  @Test
  void encodesEveryName() {
    PlainSpace space = new PlainSpace();
    assertEquals(480, new HashSet<>(space.phenotypes()).size());
    for (String name : space.phenotypes()) {
      for (int length : new int[] {19, 20, 33}) {
        Chromosome chromosome = space.encode(name, length).orElseThrow();
        assertEquals(length, chromosome.length());
        assertEquals(name, space.decode(chromosome, 100).phenotype());
      }
      assertTrue(space.encode(name, 18).isEmpty());
      assertTrue(space.encode(name + "s", 20).isEmpty());
      assertTrue(space.encode("x" + name, 20).isEmpty());
    }
    assertEquals(
        new Chromosome("00001000000010000000"), space.encode("w16-k3-relu-s", 20).orElseThrow());
    for (String other : List.of("w256-k3-relu-sssss", "w16-k4-relu-s", "w16-k3-tanh-s", "")) {
      assertTrue(space.encode(other, 20).isEmpty(), other);
    }
  }

  @Test
  void namesDifferExactlyWhereNetworksDiffer() {
    Set<String> names = new HashSet<>();
    PlainNetworks.all().forEach(architecture -> names.add(architecture.phenotype()));
    assertEquals(480, names.size());
    assertEquals("w64-k7-gelu-sds", decode("10011011000010100000").phenotype());
  }

  @Test
  void separatorsPoolAndUnusedBlocksAreNeutral() {
    SplittableRandom random = new SplittableRandom(7);
    int[] neutral = {2, 5, 8, 9, 10, 11, 19, 20, 21};
    for (int i = 0; i < 1000; i++) {
      StringBuilder bits = new StringBuilder();
      for (int bit = 0; bit < 22; bit++) {
        bits.append(random.nextBoolean() ? '1' : '0');
      }
      Architecture before = decode(bits.toString());
      int flipped =
          random.nextBoolean()
              ? neutral[random.nextInt(neutral.length)]
              : 12 + PlainNetworks.depth(before) + random.nextInt(7 - PlainNetworks.depth(before));
      bits.setCharAt(flipped, bits.charAt(flipped) == '0' ? '1' : '0');
      assertEquals(before, decode(bits.toString()), "bit " + flipped);
    }
  }

  @Test
  void eachMeaningfulBitChangesTheNetwork() {
    String bits = "11000000000000000000";
    for (int bit : new int[] {0, 1, 3, 4, 6, 7, 12, 13, 14, 15}) {
      char[] flipped = bits.toCharArray();
      flipped[bit] = flipped[bit] == '0' ? '1' : '0';
      assertNotEquals(decode(bits), decode(new String(flipped)), "bit " + bit);
    }
  }

  @Test
  void layersFitTogetherAndSidesArePowersOfTwo() {
    for (Architecture architecture : PlainNetworks.all()) {
      List<Layer> layers = architecture.layers();
      assertEquals(Architecture.INPUT, layers.get(0).input());
      for (int i = 1; i < layers.size(); i++) {
        assertEquals(layers.get(i - 1).output(), layers.get(i).input(), layers.get(i).name());
        if (layers.get(i).output().dimensions().size() == 3) {
          assertEquals(1, Integer.bitCount(layers.get(i).output().side()));
        }
      }
      assertEquals(TensorShape.of(100), layers.get(layers.size() - 1).output());
    }
  }

  @Test
  void layersAreNamedAsInSequential() {
    List<String> names = decode("01000000000001000000").layers().stream().map(Layer::name).toList();
    assertEquals(
        List.of(
            "0", "1.0", "1.1", "1.2", "1.3", "1.4", "2", "3.0", "3.1", "3.2", "3.3", "4", "5", "6",
            "7", "8", "9", "10", "11", "12"),
        names);
  }

  @Test
  void atSideOneNothingIsHalved() {
    // Four double blocks: 32 -> 8 -> 2 -> 1 after the stride, no pool; the last block keeps side 1.
    List<Layer> layers = decode("11001000000000000000").layers();
    assertEquals(256, decode("11001000000000000000").traits().get("features"));
    Layer.Convolution last =
        (Layer.Convolution)
            layers.stream().filter(l -> l.name().equals("7.0")).findFirst().orElseThrow();
    assertEquals(1, last.stride());
    assertTrue(
        layers.stream().noneMatch(l -> l.name().startsWith("7.") && l instanceof Layer.MaxPool));
  }

  @Test
  void samePaddingPutsTheOddZeroAfter() {
    assertEquals(new Layer.Padding(0, 1), Layer.Padding.same(2));
    assertEquals(new Layer.Padding(1, 1), Layer.Padding.same(3));
    assertEquals(new Layer.Padding(3, 3), Layer.Padding.same(7));
  }

  /**
   * The useful part of a kernel with its own padding reads the same pixels with the same weights.
   */
  @Test
  void theUsefulPartOfAKernelMissesNothing() {
    Set<Integer> counts = new HashSet<>();
    for (Architecture architecture : PlainNetworks.all()) {
      for (Layer layer : architecture.layers()) {
        if (layer instanceof Layer.Convolution convolution) {
          assertEquals(
              reads(convolution, 0, convolution.kernel(), convolution.padding().before()),
              reads(
                  convolution,
                  convolution.effectiveKernel().first(),
                  convolution.effectiveKernel().count(),
                  convolution.effectiveKernel().padding().before()),
              convolution.toString());
          int padded =
              convolution.input().side()
                  + convolution.effectiveKernel().padding().before()
                  + convolution.effectiveKernel().padding().after();
          assertEquals(
              convolution.output().side(),
              (padded - convolution.effectiveKernel().count()) / convolution.stride() + 1,
              convolution.toString());
          counts.add(convolution.effectiveKernel().count());
        }
      }
    }
    assertTrue(counts.containsAll(List.of(1, 2, 3, 5, 7)), counts.toString());
  }

  /**
   * Every (output, weight, pixel) of one dimension that meet, for a kernel that starts at a tap.
   */
  private static Set<List<Integer>> reads(
      Layer.Convolution convolution, int first, int count, int before) {
    Set<List<Integer>> reads = new HashSet<>();
    for (int out = 0; out < convolution.output().side(); out++) {
      for (int tap = 0; tap < count; tap++) {
        int pixel = out * convolution.stride() + tap - before;
        if (pixel >= 0 && pixel < convolution.input().side()) {
          reads.add(List.of(out, first + tap, pixel));
        }
      }
    }
    return reads;
  }

  @Test
  void aChromosomeIsLongEnough() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> decode("0".repeat(18))).getMessage();
    assertEquals(
        "chromosome '%s' has 18 bits; at least 19 are needed".formatted("0".repeat(18)), message);
    assertEquals(decode("0".repeat(19)), decode("0".repeat(500)));
  }

  /** The keys of best_chromosome.json, and their order. */
  @Test
  void traitsAndGenesSayWhatTheNetworkIs() {
    Architecture architecture = decode("10011011000010100000");
    assertEquals(
        "{depth=3, stem_width=64, kernel=7, activation=GELU, blocks=[single, double, single],"
            + " features=1024}",
        architecture.traits().toString());
    assertEquals(
        "{stem width=64, depth=3, kernel=7, activation=GELU, blocks=sds}",
        architecture.genes().toString());
  }

  @Test
  void genesAreLabelled() {
    SearchSpace space = new PlainSpace();
    Chromosome chromosome = new Chromosome("10011011001110100000");
    assertEquals(
        List.of("stem width 64", "kernel 7", "activation GELU", "pool 1", "blocks sdsdddd"),
        space.genes().stream().map(gene -> gene.name() + " " + gene.label(chromosome)).toList());
  }

  /** Built once and the same for every thread that asks. */
  @Test
  void aNetworkIsRemembered() {
    PlainSpace space = new PlainSpace();
    Chromosome chromosome = new Chromosome("10011011000010100000");
    Architecture first = space.decode(chromosome, 100);
    assertSame(first, space.decode(new Chromosome("100110110000101111" + "11"), 100));
    assertEquals(first, new PlainSpace().decode(chromosome, 100));
    assertEquals(first.hashCode(), new PlainSpace().decode(chromosome, 100).hashCode());
  }

  @Test
  void theLastLayerFollowsTheClassesAndNothingElseDoes() {
    Chromosome chromosome = new Chromosome("01001001000010000000");
    Architecture hundred = PlainNetworks.decode(chromosome);
    assertEquals(hundred, PlainNetworks.decode(chromosome, 100));
    for (int classes : new int[] {2, 3, 128, 1000}) {
      Architecture other = PlainNetworks.decode(chromosome, classes);
      List<Layer> layers = other.layers();
      int last = layers.size() - 1;
      assertEquals("Linear(1024, %d)".formatted(classes), layers.get(last).description());
      assertEquals(hundred.layers().subList(0, last), layers.subList(0, last));
      assertEquals(
          hundred.parameters() + 1025L * (classes - 100), other.parameters(), "a bias each");
      assertEquals(hundred.phenotype(), other.phenotype());
      assertNotEquals(hundred, other);
      assertEquals(480, new HashSet<>(new PlainSpace().all(classes)).size());
    }
    assertThrows(IllegalArgumentException.class, () -> PlainNetworks.decode(chromosome, 1));
  }

  private static Architecture decode(String bits) {
    return PlainNetworks.decode(new Chromosome(bits));
  }
}
