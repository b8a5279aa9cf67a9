package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class SyntheticImagesTest {
  @Test
  void equalSeedsGiveEqualImages() {
    assertEquals(SyntheticImages.generate(3, 2, 1), SyntheticImages.generate(3, 2, 1));
  }

  @Test
  void imagesAreTheSameOnEveryPlatform() {
    assertEquals(
        "b0c320f383ad4d6fd03ee74d92dbb9d937b663f421b72fae2506bcdd4001d280",
        SyntheticImages.generate(1, 2, 1).digest());
  }

  @Test
  void seedChangesTheImages() {
    Dataset one = SyntheticImages.generate(1, 1, 1);
    Dataset two = SyntheticImages.generate(2, 1, 1);
    assertNotEquals(one.train(), two.train());
    assertNotEquals(one.test().orElseThrow(), two.test().orElseThrow());
    assertEquals("synthetic (100 training, 100 test images, seed 1)", one.name());
  }

  @Test
  void everyClassHasTheSameNumberOfImages() {
    Dataset dataset = SyntheticImages.generate(1, 3, 2);
    for (int label = 0; label < ImageSet.CLASSES; label++) {
      assertEquals(3, Sample.counts(dataset.train())[label]);
      assertEquals(2, Sample.counts(dataset.test().orElseThrow())[label]);
      assertEquals(label, dataset.train().label(label));
    }
  }

  @Test
  void largerSetsBeginWithSmallerOnes() {
    Dataset small = SyntheticImages.generate(1, 1, 1);
    Dataset large = SyntheticImages.generate(1, 3, 2);
    assertEquals(small.train(), large.train().first(100));
    assertEquals(small.test().orElseThrow(), large.test().orElseThrow().first(100));
  }

  @Test
  void noTwoImagesAreEqual() {
    Dataset dataset = SyntheticImages.generate(1, 10, 10);
    Set<Integer> hashes = new HashSet<>();
    for (ImageSet images : new ImageSet[] {dataset.train(), dataset.test().orElseThrow()}) {
      byte[] pixels = new byte[ImageSet.PIXELS];
      for (int i = 0; i < images.size(); i++) {
        images.pixels().get(i * ImageSet.PIXELS, pixels);
        hashes.add(Arrays.hashCode(pixels));
      }
    }
    assertEquals(2000, hashes.size());
  }

  /**
   * The nearest class mean is a linear classifier. Many images per class keep the random error of
   * the means small. The classifier must recognise colours (5 % or more) but stay far below 100 %.
   */
  @Test
  void classMeansOfPixelsSeparateClassesOnlyPartly() {
    double accuracy = nearestMean(SyntheticImagesTest::pixelFeatures, ImageSet.PIXELS);
    assertTrue(accuracy > 0.05 && accuracy < 0.40, "accuracy " + accuracy);
  }

  /**
   * Five motifs share each pair of colours, so a classifier by colour alone is correct one time in
   * five.
   */
  @Test
  void meanColourSeparatesClassesPoorly() {
    double accuracy = nearestMean(SyntheticImagesTest::colourFeatures, ImageSet.CHANNELS);
    assertTrue(accuracy > 0.05 && accuracy < 0.22, "accuracy " + accuracy);
  }

  @Test
  void rejectsNumbersOutOfRange() {
    for (int number : new int[] {-1, 0, 5001}) {
      assertThrows(IllegalArgumentException.class, () -> SyntheticImages.generate(1, number, 1));
      assertThrows(IllegalArgumentException.class, () -> SyntheticImages.generate(1, 1, number));
    }
  }

  private static double nearestMean(BiFunction<ImageSet, Integer, float[]> features, int length) {
    Dataset dataset = SyntheticImages.generate(1, 40, 5);
    float[][] means = new float[ImageSet.CLASSES][length];
    for (int i = 0; i < dataset.train().size(); i++) {
      float[] image = features.apply(dataset.train(), i);
      for (int f = 0; f < length; f++) {
        means[dataset.train().label(i)][f] += image[f] / 40;
      }
    }
    int correct = 0;
    for (int i = 0; i < dataset.test().orElseThrow().size(); i++) {
      float[] image = features.apply(dataset.test().orElseThrow(), i);
      int nearest = 0;
      for (int label = 1; label < ImageSet.CLASSES; label++) {
        if (distance(image, means[label]) < distance(image, means[nearest])) {
          nearest = label;
        }
      }
      correct += nearest == dataset.test().orElseThrow().label(i) ? 1 : 0;
    }
    return (double) correct / dataset.test().orElseThrow().size();
  }

  private static float distance(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  private static float[] pixelFeatures(ImageSet images, int image) {
    float[] features = new float[ImageSet.PIXELS];
    for (int i = 0; i < features.length; i++) {
      features[i] = images.pixel(image, i / 1024, i / 32 % 32, i % 32);
    }
    return features;
  }

  private static float[] colourFeatures(ImageSet images, int image) {
    float[] features = new float[ImageSet.CHANNELS];
    float[] pixels = pixelFeatures(images, image);
    for (int i = 0; i < pixels.length; i++) {
      features[i / 1024] += pixels[i] / 1024;
    }
    return features;
  }
}
