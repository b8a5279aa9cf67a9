package io.github.cnnevolution.training;

import io.github.cnnevolution.space.Architecture;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The memory estimates of one recipe and number of images; see {@link MemoryEstimate}. Remembers
 * the latest ones, since a queue asks for each of its devices, and again when the job ends. The
 * trainers of a session share one instance. Safe to use from many threads.
 */
public final class MemoryEstimates {
  private static final int REMEMBERED = 1_000;

  private final TrainingRecipe recipe;
  private final int images;
  private final Map<Key, Long> latest =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Key(Architecture architecture, int microBatches) {}

  /**
   * Estimates for a recipe.
   *
   * @param images the number of training images
   */
  public MemoryEstimates(TrainingRecipe recipe, int images) {
    this.recipe = recipe;
    this.images = images;
  }

  /** Returns {@link MemoryEstimate#bytes} for a network. */
  public synchronized long bytes(Architecture architecture, int microBatches) {
    return latest.computeIfAbsent(
        new Key(architecture, microBatches),
        key -> MemoryEstimate.bytes(architecture, recipe, images, microBatches));
  }
}
