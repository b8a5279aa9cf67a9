package io.github.cnnevolution.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/**
 * Finds the word that a person probably meant. The distance counts letters that are missing, added,
 * wrong or swapped.
 */
final class Suggestion {
  /** Longer words are no slips of the finger, and comparing them takes long. */
  private static final int LONGEST = 64;

  private static final DamerauLevenshteinDistance DISTANCE = new DamerauLevenshteinDistance();

  private Suggestion() {}

  /**
   * Returns the nearest of some words, or the only one that begins so.
   *
   * @return empty if none is near: if more than every third letter would change
   */
  static Optional<String> nearest(String typed, Collection<String> words) {
    List<String> begun =
        typed.length() < 2
            ? List.of()
            : words.stream().filter(word -> word.startsWith(typed)).toList();
    if (begun.size() == 1) {
      return Optional.of(begun.get(0));
    }
    return within(Math.max(1, typed.length() / 3), typed, words);
  }

  /** Returns the nearest of some words that differs in at most so many letters. */
  static Optional<String> within(int limit, String typed, Collection<String> words) {
    if (typed.length() > LONGEST) {
      return Optional.empty();
    }
    return words.stream()
        .filter(word -> DISTANCE.apply(typed, word) <= limit)
        .min(Comparator.comparing(word -> DISTANCE.apply(typed, word)));
  }
}
