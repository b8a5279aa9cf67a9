package io.github.cnnevolution.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.StagedSpace;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StagedSpaceTest {
  private static final SearchSpace RESIDUAL = SpaceFile.builtIn().get("residual");

  private static SearchSpace space(String json) {
    return new StagedSpace(SpaceFile.definition(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Small enough to be decoded whole; stages in the middle may be missing. */
  private static final String SMALL =
      """
      {"name": "small", "stages": 3,
       "fixed": {"round_to": 8, "max_width": 32, "group_width": 8, "se_ratio": 8},
       "genes": [
        {"name": "block", "values": ["plain", "bottleneck", "inverted"]},
        {"name": "width", "values": [8, 16, 24]},
        {"name": "growth2", "values": [1, 2]},
        {"name": "growth3", "values": [1, 1.5, 2]},
        {"name": "blocks2", "values": [0, 1, 2]},
        {"name": "blocks3", "values": [0, 1, 2]},
        {"name": "se", "values": ["on", "off"]},
        {"name": "downsampling", "values": ["stride", "pool2", "pool3"]}]}""";

  private static Set<String> allNames(SearchSpace space) {
    Set<String> names = new HashSet<>();
    for (int bits = 0; bits < (1 << space.defaultLength()); bits++) {
      names.add(space.decode(chromosome(bits, space.defaultLength()), 10).phenotype());
    }
    return names;
  }

  private static Chromosome chromosome(int value, int length) {
    return new Chromosome(Integer.toBinaryString((1 << length) | value).substring(1));
  }

  private static Chromosome random(SearchSpace space, Random random) {
    return chromosome(random.nextInt(1 << space.defaultLength()), space.defaultLength());
  }

  /** The figures are those of the papers' networks on 100 classes. */
  @ParameterizedTest
  @CsvSource({
    "residual-64x2-128x2-256x2-512x2-relu,    11.22",
    "residual-64x2-128x2-256x2-512x2-se-relu, 11.31",
    "residual-64x2-128x2-256x2-relu,           2.80",
    "residual-128x4-256x4-512x4-relu,         23.53",
    "plain-128x1-384x1-576x1-max-s16-pool2-gelu, 0"
  })
  void theResidualSpaceHoldsKnownNetworks(String name, double millions) {
    Optional<Chromosome> found = RESIDUAL.encode(name, 24);
    if (millions == 0) {
      assertTrue(found.isEmpty(), "the suffix is -pool");
      return;
    }
    Architecture network = RESIDUAL.decode(found.orElseThrow(), 100);
    assertEquals(name, network.phenotype());
    assertEquals(millions, Math.round(network.parameters() / 1e4) / 100.0);
  }

  @Test
  void theResidualSpaceHasSevenMillionNetworksInTwentyFourBits() {
    assertEquals(7_024_640, RESIDUAL.size().orElseThrow());
    assertEquals(24, RESIDUAL.defaultLength());
    assertEquals(24, RESIDUAL.minimumLength());
  }

  @Test
  void networksAreCountedAsTheyDecode() {
    SearchSpace small = space(SMALL);
    assertEquals(allNames(small).size(), small.size().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "growth2", "blocks2", "downsampling", "se"})
  void narrowedSpacesAreCountedAsTheyDecode(String gene) {
    SearchSpace small = space(SMALL);
    Gene some = small.genes().stream().filter(g -> g.name().equals(gene)).findFirst().orElseThrow();
    List<String> last = some.values().subList(some.values().size() - 1, some.values().size());
    SearchSpace narrowed = small.narrow(Map.of(gene, last));
    Set<String> names = allNames(narrowed);
    assertEquals(names.size(), narrowed.size().orElseThrow());
    assertTrue(names.size() < small.size().orElseThrow());
    assertTrue(allNames(small).containsAll(names));
  }

  /** What makes no difference is in no name: a search would train the same network twice. */
  @Test
  void equalNetworksHaveEqualNames() {
    SearchSpace space =
        space(
            SMALL.replace(
                "\"genes\": [", "\"genes\": [{\"name\": \"expansion\", \"values\": [1, 2]},"));
    Random random = new Random(7);
    Map<List<Node>, String> names = new HashMap<>();
    for (int i = 0; i < 5000; i++) {
      Architecture network = space.decode(random(space, random), 10);
      String known = names.putIfAbsent(network.nodes(), network.phenotype());
      assertEquals(known == null ? network.phenotype() : known, network.phenotype());
    }
    assertEquals(names.size(), Set.copyOf(names.values()).size());
  }

  @Test
  void theSmallestNetworksAreTheSmallest() {
    SearchSpace small = space(SMALL);
    long parameters = Long.MAX_VALUE;
    long flops = Long.MAX_VALUE;
    for (String name : allNames(small)) {
      Architecture network = StagedSpace.named("small", name, 10);
      parameters = Math.min(parameters, network.parameters());
      flops = Math.min(flops, network.flops());
    }
    List<Architecture> smallest = small.smallest(10);
    assertEquals(
        parameters, smallest.stream().mapToLong(Architecture::parameters).min().orElseThrow());
    assertEquals(flops, smallest.stream().mapToLong(Architecture::flops).min().orElseThrow());
  }

  @Test
  void everyNetworkIsFoundByItsName() {
    SearchSpace small = space(SMALL);
    for (String name : allNames(small)) {
      Chromosome found = small.encode(name, small.defaultLength() + 3).orElseThrow();
      assertEquals(name, small.decode(found, 10).phenotype());
      assertEquals(small.decode(found, 10), StagedSpace.named("small", name, 10));
    }
    assertTrue(small.encode("plain-8x1-relu", small.minimumLength() - 1).isEmpty());
    assertTrue(small.encode("plain-40x1-relu", 40).isEmpty());
    assertTrue(small.encode("residual-8x1-relu", 40).isEmpty());
  }

  /** One flip of a bit reaches both neighbours of a width. */
  @Test
  void ordinalGenesAreGrayCoded() {
    Gene width = RESIDUAL.genes().get(1);
    Map<String, String> bits = new HashMap<>();
    for (int number = 0; number < 4; number++) {
      String code = Integer.toBinaryString(4 | number).substring(1);
      bits.put(width.label(new Chromosome("00" + code + "0".repeat(20))), code);
    }
    List<String> labels = List.of("32", "64", "96", "128");
    for (int i = 1; i < 4; i++) {
      String a = bits.get(labels.get(i - 1));
      String b = bits.get(labels.get(i));
      assertEquals(1, Integer.bitCount(Integer.parseInt(a, 2) ^ Integer.parseInt(b, 2)), a + b);
    }
  }

  @Test
  void moreBitsAreNeutral() {
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      Chromosome chromosome = random(RESIDUAL, random);
      Architecture network = RESIDUAL.decode(chromosome, 10);
      assertEquals(network, RESIDUAL.decode(new Chromosome(chromosome + "0110"), 10));
    }
    assertThrows(
        IllegalArgumentException.class, () -> RESIDUAL.decode(new Chromosome("0".repeat(23)), 10));
  }

  /** A gene that says nothing of a network changes nothing; one that does changes it. */
  @Test
  void theGenesOfANetworkAreThoseThatMatter() {
    Random random = new Random(3);
    int silent = 0;
    for (int i = 0; i < 300; i++) {
      Chromosome chromosome = random(RESIDUAL, random);
      Architecture network = RESIDUAL.decode(chromosome, 10);
      for (Gene gene : RESIDUAL.genes()) {
        if (!network.genes().containsKey(gene.name())) {
          silent++;
          BitSet flip = new BitSet();
          flip.set(gene.from() + random.nextInt(gene.to() - gene.from()));
          assertEquals(network, RESIDUAL.decode(chromosome.flip(flip), 10), gene.name());
        }
      }
    }
    assertTrue(silent > 100, silent + " genes");
  }

  @Test
  void aPinnedGeneHasOneValueWhateverItsBitsSay() {
    SearchSpace pinned =
        RESIDUAL.narrow(Map.of("block", List.of("BOTTLENECK"), "width", List.of("96", "32")));
    Random random = new Random(4);
    Set<String> widths = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Map<String, String> genes = pinned.decode(random(pinned, random), 10).genes();
      assertEquals("bottleneck", genes.get("block"));
      widths.add(genes.get("width"));
    }
    assertEquals(Set.of("32", "96"), widths);
    assertEquals("residual", pinned.name());
    assertTrue(pinned.encode("residual-32x1-32x1-32x1-relu", 24).isEmpty());
    assertEquals(
        "there is no gene 'depth'; there are: block, width, growth2, growth34, blocks1, blocks2, blocks3, blocks4, se, head, resolution, activation, downsampling, kernel",
        assertThrows(
                IllegalArgumentException.class,
                () -> RESIDUAL.narrow(Map.of("depth", List.of("2"))))
            .getMessage());
    assertEquals(
        "gene width has no value '70'; it has: 32, 64, 96, 128",
        assertThrows(
                IllegalArgumentException.class,
                () -> RESIDUAL.narrow(Map.of("width", List.of("70"))))
            .getMessage());
  }

  @Test
  void thePlainSpaceIsNarrowedToo() {
    SearchSpace plain = new PlainSpace();
    SearchSpace pinned =
        plain.narrow(Map.of("kernel", List.of("3"), "activation", List.of("gelu", "relu")));
    assertEquals(60, pinned.size().orElseThrow());
    Set<String> names = allNames(pinned);
    assertEquals(60, names.size());
    assertEquals(Set.copyOf(pinned.phenotypes()), names);
    assertTrue(names.contains("w128-k3-gelu-sdsd"));
    assertFalse(names.contains("w128-k5-gelu-sdsd"));
    for (String name : names) {
      assertEquals(name, pinned.decode(pinned.encode(name, 20).orElseThrow(), 9).phenotype());
    }
  }

  /** A later gene that is absent or 0 changes nothing. */
  @Test
  void aGeneThatCameLaterKeepsOldChromosomes() {
    String before = SMALL;
    String more =
        SMALL.substring(0, SMALL.length() - 2)
            + ",{\"name\": \"wider\", \"sets\": [\"width\"], \"values\": [\"as before\", 32]},"
            + "{\"name\": \"dropout\", \"values\": [\"as before\", 0.25, 0.5]}]}";
    SearchSpace old = space(before);
    SearchSpace now = space(more);
    assertEquals(old.minimumLength(), now.minimumLength());
    assertEquals(old.defaultLength() + 3, now.defaultLength());
    Random random = new Random(5);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      Chromosome chromosome = random(old, random);
      Architecture network = old.decode(chromosome, 10);
      assertEquals(network, now.decode(chromosome, 10));
      assertEquals(network, now.decode(new Chromosome(chromosome + "000"), 10));
      assertEquals(network.genes().get("width"), now.decode(chromosome, 10).genes().get("width"));
      seen.add(now.decode(new Chromosome(chromosome + "101"), 10).genes().get("width"));
    }
    assertEquals(Set.of("32"), seen);
    SearchSpace few = now.narrow(Map.of("block", List.of("plain"), "se", List.of("off")));
    assertTrue(few.size().orElseThrow() > old.narrow(few.choices()).size().orElseThrow());
    assertEquals(distinctOf(few, 100_000), few.size().orElseThrow(), "found by drawing at random");
  }

  private static long distinctOf(SearchSpace space, int draws) {
    Random random = new Random(6);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < draws; i++) {
      names.add(space.decode(random(space, random), 10).phenotype());
    }
    return names.size();
  }

  /** Genes that make networks smaller, and a stage whose absence makes images larger. */
  private static final String RATIOS =
      """
      {"name": "ratios", "stages": 3,
       "fixed": {"round_to": 16, "group_width": 8, "se": "on", "growth2": 1, "blocks3": 8},
       "genes": [
        {"name": "block", "values": ["residual", "bottleneck"]},
        {"name": "width", "values": [16, 32]},
        {"name": "bottleneck_ratio", "values": [1, 2]},
        {"name": "se_ratio", "values": [4, 16]},
        {"name": "resolution", "values": [16, 32]},
        {"name": "blocks2", "values": [0, 1]}]}""";

  @Test
  void theEndsOfASpaceAreThoseOfAllItsNetworks() {
    SearchSpace space = space(RATIOS);
    List<Architecture> all =
        allNames(space).stream().map(name -> StagedSpace.named("ratios", name, 10)).toList();
    List<Architecture> largest = space.largest(10);
    List<Architecture> smallest = space.smallest(10);
    assertEquals(most(all, Architecture::parameters), most(largest, Architecture::parameters));
    assertEquals(
        most(all, StagedSpaceTest::activations), most(largest, StagedSpaceTest::activations));
    assertEquals(
        most(all, network -> -network.parameters()),
        most(smallest, network -> -network.parameters()));
    assertEquals(most(all, network -> -network.flops()), most(smallest, n -> -n.flops()));
  }

  private static long activations(Architecture network) {
    return network.layers().stream().mapToLong(layer -> layer.output().elements()).sum();
  }

  private static long most(List<Architecture> networks, ToLongFunction<Architecture> size) {
    return networks.stream().mapToLong(size).max().orElseThrow();
  }

  @Test
  void theLargestNeedAsMuchAsAnyOther() {
    SearchSpace small = space(SMALL);
    long parameters =
        small.largest(10).stream().mapToLong(Architecture::parameters).max().orElseThrow();
    String widest =
        allNames(small).stream()
            .max(
                Comparator.comparingLong(name -> StagedSpace.named("small", name, 10).parameters()))
            .orElseThrow();
    assertEquals(StagedSpace.named("small", widest, 10).parameters(), parameters);
  }
}
