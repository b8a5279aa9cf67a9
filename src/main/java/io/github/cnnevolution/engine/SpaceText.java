package io.github.cnnevolution.engine;

import io.github.cnnevolution.search.GenomeGrowth;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.SearchSpace;
import io.github.cnnevolution.space.StagedSpace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A search space as options, as text that begins the run again. */
final class SpaceText {
  private SpaceText() {}

  /**
   * The options {@code space}, {@code fix} and {@code choices}, where they say something.
   *
   * @param file where the space was read
   */
  static Map<String, String> options(SearchSpace space, Optional<String> file) {
    List<String> pins = new ArrayList<>();
    List<String> choices = new ArrayList<>();
    space
        .choices()
        .forEach(
            (gene, values) ->
                (values.size() == 1 ? pins : choices).add(gene + "=" + String.join(",", values)));
    Map<String, String> options = new LinkedHashMap<>();
    if (!space.name().equals(PlainSpace.NAME)) {
      options.put("space", file.orElse(space.name()));
    }
    if (!pins.isEmpty()) {
      options.put("fix", String.join(",", pins));
    }
    if (!choices.isEmpty()) {
      options.put("choices", String.join(",", choices));
    }
    return options;
  }

  /** A space as it was when its chromosomes had so many bits. */
  static SearchSpace atLength(SearchSpace space, int bits) {
    return space instanceof StagedSpace staged ? staged.atLength(bits) : space;
  }

  /** Such as {@code 5:26,9:28}: a generation, or a number of networks, and bits. */
  static String growth(GenomeGrowth growth) {
    List<String> parts = new ArrayList<>();
    new TreeMap<>(growth.sizes()).forEach((generation, bits) -> parts.add(generation + ":" + bits));
    return String.join(",", parts);
  }

  /**
   * Reads what {@link #growth(GenomeGrowth)} wrote.
   *
   * @throws IllegalArgumentException if it is written in another way
   */
  static GenomeGrowth growth(String text) {
    Map<Integer, Integer> sizes = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      int colon = part.indexOf(':');
      sizes.put(
          Integer.valueOf(part.substring(0, Math.max(0, colon))),
          Integer.valueOf(part.substring(colon + 1)));
    }
    return new GenomeGrowth(sizes);
  }
}
