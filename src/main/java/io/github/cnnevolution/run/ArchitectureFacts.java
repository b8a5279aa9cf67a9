package io.github.cnnevolution.run;

import io.github.cnnevolution.space.Architecture;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What files say about an architecture. */
public final class ArchitectureFacts {
  private ArchitectureFacts() {}

  /** The name and the numbers: depth, kernel, activation, features, parameters, FLOPs. */
  public static Map<String, Object> of(Architecture architecture) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("phenotype", architecture.phenotype());
    object.put("depth", architecture.depth());
    object.put("stem_width", architecture.stemWidth());
    object.put("kernel", architecture.kernel());
    object.put("activation", architecture.activation().torchName());
    object.put(
        "blocks",
        architecture.blocks().stream().map(b -> b.name().toLowerCase(Locale.ROOT)).toList());
    object.put("features", architecture.features());
    object.put("parameters", architecture.parameters());
    object.put("flops", architecture.flops());
    return object;
  }
}
