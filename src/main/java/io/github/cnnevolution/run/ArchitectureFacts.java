package io.github.cnnevolution.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.SearchSpaces;
import io.github.cnnevolution.space.StagedSpace;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON description of an architecture. */
public final class ArchitectureFacts {
  /** The key of the space's name. */
  static final String SPACE = "space";

  private ArchitectureFacts() {}

  /**
   * Space and name, the traits of the network, parameters and FLOPs. The plain space is not named:
   * files from before there were others do not say it either.
   */
  public static Map<String, Object> of(Architecture architecture) {
    Map<String, Object> object = new LinkedHashMap<>();
    if (!architecture.space().equals(PlainSpace.NAME)) {
      object.put(SPACE, architecture.space());
    }
    object.put("phenotype", architecture.phenotype());
    object.putAll(architecture.traits());
    object.put("parameters", architecture.parameters());
    object.put("flops", architecture.flops());
    return object;
  }

  /**
   * The network that {@link #of} has described.
   *
   * @throws IllegalArgumentException if there is no such space, or the chromosome is none of it
   */
  static Architecture architecture(
      JsonNode object, Chromosome chromosome, int classes, SearchSpaces spaces) {
    // The name of a staged network is enough, wherever the file of its space is.
    return StagedSpace.isNamed(object.path("family").asText())
        ? StagedSpace.named(object.path(SPACE).asText(), object.path("phenotype").asText(), classes)
        : space(object, spaces).decode(chromosome, classes);
  }

  /**
   * The space that {@link #of} has named in {@code object}, or that stands there under {@value
   * #SPACE}.
   *
   * @throws IllegalArgumentException if there is no such space
   */
  static SearchSpace space(JsonNode object, SearchSpaces spaces) {
    return spaces.get(object.path(SPACE).asText(PlainSpace.NAME));
  }
}
