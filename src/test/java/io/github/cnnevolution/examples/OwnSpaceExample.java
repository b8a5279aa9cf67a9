package io.github.cnnevolution.examples;

import io.github.cnnevolution.engine.LibTorch;
import io.github.cnnevolution.engine.Search;
import io.github.cnnevolution.engine.SearchListener;
import io.github.cnnevolution.engine.SearchSettings;
import io.github.cnnevolution.space.ActivationFunction;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.Gene;
import io.github.cnnevolution.space.Graph;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.TensorShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Searches in a space of its own: residual networks of some widths and depths. */
public final class OwnSpaceExample {
  private OwnSpaceExample() {}

  // docs: space
  /** A convolution, 1 to 4 residual blocks and a mean over the plane: 16 networks. */
  static final class SmallResidualSpace implements SearchSpace {
    private static final List<Integer> WIDTHS = List.of(8, 16, 24, 32);
    private static final Gene WIDTH = new Gene("width", 0, 2, List.of("8", "16", "24", "32"));
    private static final Gene DEPTH = new Gene("depth", 2, 4, List.of("1", "2", "3", "4"));

    @Override
    public String name() {
      return "small-residual";
    }

    @Override
    public List<Gene> genes() {
      return List.of(WIDTH, DEPTH);
    }

    @Override
    public int minimumLength() {
      return 4;
    }

    @Override
    public int defaultLength() {
      return 4;
    }

    @Override
    public Architecture decode(Chromosome chromosome, int classes) {
      check(chromosome);
      int width = WIDTHS.get(WIDTH.read(chromosome));
      int depth = DEPTH.read(chromosome) + 1;
      Graph graph = new Graph(Architecture.INPUT);
      graph.add(Layer.Convolution.of("stem", graph.shape(), width, 3, 2));
      for (int i = 0; i < depth; i++) {
        int skip = graph.last();
        graph.add(new Layer.BatchNormalization("norm" + i, graph.shape()));
        graph.add(new Layer.Activation("relu" + i, graph.shape(), ActivationFunction.RELU));
        graph.add(Layer.Convolution.of("conv" + i, graph.shape(), width, 3, 1));
        graph.add(new Layer.Sum("sum" + i, graph.shape(), 2), graph.last(), skip);
      }
      graph.add(new Layer.GlobalMeanPool("mean", graph.shape()));
      graph.add(new Layer.Linear("head", graph.shape(), TensorShape.of(classes)));
      return new Architecture(
          name(),
          "w%d-d%d".formatted(width, depth),
          classes,
          Architecture.INPUT,
          graph.nodes(),
          Map.of("width", String.valueOf(width), "depth", String.valueOf(depth)),
          Map.of("width", width, "depth", depth));
    }

    @Override
    public List<Architecture> largest(int classes) {
      return List.of(decode(new Chromosome("1111"), classes));
    }
  }

  public static void main(String[] arguments) throws Exception {
    LibTorch.prepare();
    SearchSettings settings =
        SearchSettings.builder()
            .space(new SmallResidualSpace())
            .data("synthetic")
            .trainLimit(60)
            .epochs(1)
            .populationSize(4)
            .generations(2)
            .directory(Path.of(arguments[0]))
            .build();
    try (Search search = Search.start(settings, SearchListener.NONE)) {
      System.out.println(search.run().best().orElseThrow().job().architecture().phenotype());
    }
  }
  // end
}
