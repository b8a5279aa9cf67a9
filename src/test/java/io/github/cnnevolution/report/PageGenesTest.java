package io.github.cnnevolution.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.GeneView;
import io.github.cnnevolution.space.Graph;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.PlainNetworks;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.TensorShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageGenesTest {
  private static final SearchSpace PLAIN = new PlainSpace();

  /** A space of nothing but these views. */
  private static SearchSpace showing(GeneView... views) {
    return new SearchSpace() {
      @Override
      public String name() {
        return "made-up";
      }

      @Override
      public List<Gene> genes() {
        return List.of();
      }

      @Override
      public List<GeneView> geneViews() {
        return List.of(views);
      }

      @Override
      public int minimumLength() {
        return 1;
      }

      @Override
      public int defaultLength() {
        return 1;
      }

      @Override
      public Architecture decode(Chromosome chromosome, int classes) {
        throw new UnsupportedOperationException("the page decodes nothing");
      }

      @Override
      public List<Architecture> largest(int classes) {
        throw new UnsupportedOperationException("the page asks for no network");
      }
    };
  }

  /** A network that says this of its genes. */
  private static Architecture network(Map<String, String> genes) {
    Graph graph = new Graph(Architecture.INPUT);
    graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
    graph.add(new Layer.Linear("scores", graph.shape(), TensorShape.of(2)));
    String name = "n" + Integer.toUnsignedString(genes.hashCode());
    return new Architecture("made-up", name, 2, Architecture.INPUT, graph.nodes(), genes, Map.of());
  }

  private static List<Architecture> networks(String gene, String... labels) {
    return List.of(labels).stream().map(label -> network(Map.of(gene, label))).toList();
  }

  private static List<?> row(PageGenes genes, int index) {
    return (List<?>) genes.rows().get(index);
  }

  private static List<Object> column(PageGenes genes, int index) {
    return genes.rows().stream().map(row -> (Object) ((List<?>) row).get(index)).toList();
  }

  /** The names of the groups of a gene. */
  private static List<Object> groups(PageGenes genes, int index) {
    List<Object> names = new ArrayList<>();
    ((List<?>) row(genes, index).get(5)).forEach(group -> names.add(((List<?>) group).get(0)));
    return names;
  }

  @Test
  void thePlainSpaceHasFourChartsAndThreeFilters() {
    PageGenes genes = new PageGenes(Optional.of(PLAIN), List.of());
    assertEquals(List.of("stem-width", "kernel", "activation", "blocks"), column(genes, 0));
    assertEquals(
        List.of("Stem width and depth", "Kernel", "Activation", "Blocks"), column(genes, 2));
    assertEquals(
        List.of(
            "stem width, depth",
            "side of the kernel",
            "activation",
            "block by its place, s single or d double"),
        column(genes, 3));
    assertEquals(List.of(true, true, true, false), column(genes, 4));
    assertEquals(
        List.of(
            List.of("16", List.of("16", "1 block")),
            List.of("32", List.of("32", "2 blocks")),
            List.of("64", List.of("64", "3 blocks")),
            List.of("128", List.of("128", "4 blocks"))),
        row(genes, 0).get(5));
    assertEquals(List.of("3", List.of("3 × 3")), ((List<?>) row(genes, 1).get(5)).get(1));
    assertEquals(List.of("ReLU", "ELU", "LeakyReLU", "GELU"), groups(genes, 2));
    assertEquals(List.of("1 s", "1 d", "2 s", "2 d", "3 s", "3 d", "4 s", "4 d"), groups(genes, 3));
  }

  @Test
  void aNetworkIsInOneGroupOfAGeneAndInOneForEachPlaceOfASequence() {
    PageGenes genes = new PageGenes(Optional.of(PLAIN), PlainNetworks.all());
    assertEquals(
        List.of(List.of(2), List.of(1), List.of(0), List.of(1, 2, 5)),
        genes.groups(PlainNetworks.named("w64-k3-relu-dsd")));
  }

  @Test
  void aGeneThatNoNetworkHasIsLeftOutAndANetworkWithoutOneIsInNoGroup() {
    SearchSpace space =
        showing(
            GeneView.of("kind", List.of("a", "b")),
            GeneView.of("rate", List.of("1", "2")),
            GeneView.of("unused", List.of("0", "1")));
    Architecture both = network(Map.of("kind", "b", "rate", "2"));
    Architecture one = network(Map.of("kind", "a"));
    PageGenes genes = new PageGenes(Optional.of(space), List.of(both, one));
    assertEquals(List.of("kind", "rate"), column(genes, 0));
    assertEquals(List.of(List.of(1), List.of(1)), genes.groups(both));
    assertEquals(List.of(List.of(0), List.of()), genes.groups(one));
    assertEquals(3, new PageGenes(Optional.of(space), List.of()).rows().size());
  }

  @Test
  void ofManyValuesThoseThatOccurAreShownInTheirOrderAndThereIsNoFilter() {
    List<String> many =
        IntStream.rangeClosed(0, PageGenes.FEW).mapToObj(i -> "v" + (PageGenes.FEW - i)).toList();
    SearchSpace space = showing(GeneView.of("gene", many));
    PageGenes genes = new PageGenes(Optional.of(space), networks("gene", "v0", "v7", "v11", "v7"));
    assertEquals(List.of("v11", "v7", "v0"), groups(genes, 0));
    assertEquals(true, row(genes, 0).get(4), "three groups are few");
    PageGenes all =
        new PageGenes(Optional.of(space), networks("gene", many.toArray(String[]::new)));
    assertEquals(many, groups(all, 0));
    assertEquals(false, row(all, 0).get(4));
    SearchSpace few = showing(GeneView.of("gene", many.subList(0, PageGenes.FEW)));
    PageGenes shown = new PageGenes(Optional.of(few), networks("gene", "v7"));
    assertEquals(PageGenes.FEW, groups(shown, 0).size(), "also what does not occur");
    assertEquals(true, row(shown, 0).get(4));
  }

  @Test
  void whatTheSpaceDoesNotListComesLast() {
    SearchSpace space =
        showing(
            GeneView.of("kind", List.of("a", "b")),
            new GeneView("path", "Path", "path", List.of(GeneView.Value.of("x")), 1));
    Architecture other = network(Map.of("kind", "c", "path", "xy"));
    PageGenes genes = new PageGenes(Optional.of(space), List.of(other));
    assertEquals(List.of("a", "b", "c"), groups(genes, 0));
    assertEquals(List.of("1 x", "2 y"), groups(genes, 1));
    assertEquals(List.of(List.of(2), List.of(0, 1)), genes.groups(other));
  }

  @Test
  void withoutTheSpaceTheNetworksSayWhatThereIs() {
    List<Architecture> networks = new ResidualTestSpace().all(10).subList(0, 8);
    PageGenes genes = new PageGenes(Optional.empty(), networks);
    assertEquals(List.of("width", "blocks", "gate", "activation"), column(genes, 0));
    assertEquals(List.of("8"), groups(genes, 0), "16 does not occur");
    assertEquals(List.of("off", "on"), groups(genes, 2));
    assertEquals(List.of(false, true, true, true), column(genes, 4), "one value is no choice");
    PageGenes numbers = new PageGenes(Optional.empty(), networks("n", "16", "x", "8", "0.5", "b"));
    assertEquals(List.of("0.5", "8", "16", "b", "x"), groups(numbers, 0));
  }

  /** They are parts of elements' ids. */
  @Test
  void idsAreHarmlessAndDifferent() {
    List<String> names = List.of("text", "\"><b onclick='x'>", "Größe", "size", "SIZE", "", "%");
    GeneView[] views =
        names.stream().map(n -> GeneView.of(n, List.of("a", "b"))).toArray(GeneView[]::new);
    assertEquals(
        List.of("text-2", "-b-onclick-x-", "gr-e", "size", "size-2", "", "-"),
        column(new PageGenes(Optional.of(showing(views)), List.of()), 0));
  }
}
