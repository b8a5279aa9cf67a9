package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StratifiedSplitTest {
  @ParameterizedTest
  @CsvSource({"2,1", "3,1", "9,1", "10,1", "14,1", "15,2", "20,2", "24,2", "25,3", "500,50"})
  void validationGetsATenthRoundedHalfUp(int images, int expected) {
    StratifiedSplit split = StratifiedSplit.of(Sample.images(new int[images]));
    assertEquals(expected, split.validation().size());
    assertEquals(images - expected, split.training().size());
  }

  @Test
  void validationImagesAreEvenlySpacedInFileOrder() {
    StratifiedSplit thirty = StratifiedSplit.of(Sample.images(new int[30]));
    assertEquals(List.of(5, 15, 25), Sample.numbers(thirty.validation()));
    StratifiedSplit twentyFive = StratifiedSplit.of(Sample.images(new int[25]));
    assertEquals(List.of(4, 12, 20), Sample.numbers(twentyFive.validation()));
  }

  @Test
  void spacingIsWithinTheClass() {
    // Classes 0 and 1 alternate: the middle of the 10 images of a class is its number 5.
    int[] labels = IntStream.range(0, 20).map(i -> i % 2).toArray();
    StratifiedSplit split = StratifiedSplit.of(Sample.images(labels));
    assertEquals(List.of(10, 11), Sample.numbers(split.validation()));
  }

  @Test
  void partsAreDisjointCompleteAndInFileOrder() {
    int[] labels = IntStream.range(0, 3000).map(i -> i * i % 89).toArray();
    ImageSet images = Sample.images(labels);
    StratifiedSplit split = StratifiedSplit.of(images);
    List<Integer> all = new ArrayList<>();
    for (ImageSet part : List.of(split.training(), split.validation())) {
      List<Integer> numbers = Sample.numbers(part);
      assertTrue(
          IntStream.range(1, numbers.size()).allMatch(i -> numbers.get(i - 1) < numbers.get(i)));
      for (int i = 0; i < part.size(); i++) {
        assertEquals(labels[numbers.get(i)], part.label(i));
      }
      all.addAll(numbers);
    }
    Collections.sort(all);
    assertEquals(IntStream.range(0, 3000).boxed().toList(), all);
    int[] before = Sample.counts(images);
    int[] validation = Sample.counts(split.validation());
    for (int label = 0; label < ImageSet.CLASSES; label++) {
      if (before[label] >= 2) {
        assertTrue(validation[label] >= 1 && validation[label] < before[label]);
        assertTrue(Math.abs(validation[label] - before[label] / 10.0) <= 1);
      }
    }
  }

  @Test
  void dependsOnlyOnTheLabelsAndTheirOrder() {
    int[] labels = IntStream.range(0, 500).map(i -> i * 7 % 13).toArray();
    StratifiedSplit once = StratifiedSplit.of(Sample.images(labels));
    assertEquals(once, StratifiedSplit.of(Sample.images(labels)));
    // Images of another class at the end do not change the split.
    int[] longer = Arrays.copyOf(labels, 600);
    Arrays.fill(longer, 500, 600, 50);
    List<Integer> validation =
        Sample.numbers(StratifiedSplit.of(Sample.images(longer)).validation());
    assertEquals(
        Sample.numbers(once.validation()), validation.stream().filter(i -> i < 500).toList());
  }

  @Test
  void aClassWithOneImageKeepsItForTraining() {
    StratifiedSplit split = StratifiedSplit.of(Sample.images(3, 4, 4));
    assertEquals(List.of(0, 1), Sample.numbers(split.training()));
    assertEquals(List.of(2), Sample.numbers(split.validation()));
  }

  @Test
  void rejectsImagesThatLeaveNoValidationImage() {
    String message =
        assertThrows(DatasetException.class, () -> StratifiedSplit.of(Sample.images(1, 2, 3)))
            .getMessage();
    assertEquals(
        "training images: expected a class with at least 2 images, one to train on and one to"
            + " validate on, found 3 images, each of a different class; use more training images",
        message);
  }

  @Test
  void takesTenOfEachHundredImagesOfTheSample() {
    Path sample = Sample.directory();
    assumeTrue(
        Files.isDirectory(sample),
        "no sample in " + sample + "; set CNN_EVOLUTION_CIFAR100_SAMPLE to run this");
    StratifiedSplit split = StratifiedSplit.of(Cifar100Files.read(sample).train());
    for (int label = 0; label < ImageSet.CLASSES; label++) {
      assertEquals(90, Sample.counts(split.training())[label]);
      assertEquals(10, Sample.counts(split.validation())[label]);
    }
  }
}
