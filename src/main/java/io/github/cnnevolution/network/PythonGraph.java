package io.github.cnnevolution.network;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Layer;
import io.github.cnnevolution.space.Node;
import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The lines of a Python class for networks that are no {@code nn.Sequential}: a module for each
 * layer with parameters, under its name in the state_dict, and a forward pass that calls them.
 */
final class PythonGraph {
  private static final Set<String> RESERVED =
      Set.of("self", "nn", "torch", "normalize", "load", "Network", "MEAN", "STD");

  private PythonGraph() {}

  /** The statements that make the modules. */
  static List<String> modules(Architecture architecture) {
    List<String> lines = new ArrayList<>();
    Set<String> parents = new HashSet<>();
    for (Layer layer : architecture.layers()) {
      if (layer.parameters() == 0) {
        continue;
      }
      String name = layer.name();
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        if (parents.add(name.substring(0, dot))) {
          lines.add(assignment(name.substring(0, dot), "nn.Module()"));
        }
      }
      lines.add(assignment(name, layer.accept(new PythonModules())));
    }
    return lines;
  }

  private static String assignment(String path, String module) {
    int dot = path.lastIndexOf('.');
    String name = path.substring(dot + 1);
    return PythonExpressions.isAttribute(name)
        ? Text.format("%s = %s", PythonExpressions.module(path), module)
        : Text.format(
            "%s.add_module(\"%s\", %s)",
            dot < 0 ? "self" : PythonExpressions.module(path.substring(0, dot)), name, module);
  }

  /** The statements of the forward pass. */
  static List<String> forward(Architecture architecture) {
    Variables variables = new Variables(architecture, RESERVED);
    List<String> lines = new ArrayList<>();
    lines.add(
        Text.format("%s = normalize(images) if self.normalizes else images", variables.image()));
    for (int i = 0; i < architecture.nodes().size(); i++) {
      Node node = architecture.nodes().get(i);
      String value = node.layer().accept(new PythonExpressions(variables.inputs(node)));
      lines.add(Text.format("%s = %s  # %s", variables.of(i), value, architecture.shape(i)));
    }
    lines.add("return x");
    return lines;
  }

  /** Whether nested {@code nn.Sequential}s give the layers their names, and compute the network. */
  static boolean isSequential(Architecture architecture) {
    int block = -1;
    int place = -1;
    for (Layer layer : architecture.layers()) {
      boolean inBlock = layer.name().equals(block + "." + (place + 1)) && place >= 0;
      if (inBlock) {
        place++;
      } else {
        block++;
        boolean opens = layer.name().equals(block + ".0");
        if (!opens && !layer.name().equals(String.valueOf(block))) {
          return false;
        }
        place = opens ? 0 : -1;
      }
    }
    return architecture.isChain();
  }
}
