package io.github.cnnevolution.engine;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * Names the workers of a cluster: an executor that trains several candidates has one for each, such
 * as {@code node7/3-0} and {@code node7/3-1}. News that a job has begun may come before the news
 * that another one has ended; it then waits for the place. Safe to use from many threads.
 */
final class ExecutorPlaces {
  private final int ofExecutor;
  private final Map<String, BitSet> taken = new HashMap<>();
  private final Map<Long, Place> places = new HashMap<>();
  private final Map<String, Queue<Long>> waiting = new HashMap<>();

  /**
   * Names of workers.
   *
   * @param ofExecutor how many an executor has
   */
  ExecutorPlaces(int ofExecutor) {
    this.ofExecutor = ofExecutor;
  }

  private record Place(String executor, int index) {
    String name() {
      return executor + "-" + index;
    }
  }

  /**
   * A place for a job that has waited for one.
   *
   * @param job its number
   * @param name of the worker
   */
  record Grant(long job, String name) {}

  /** The executor of a worker: {@code node7/3} of {@code node7/3-0}. */
  static String executor(String worker) {
    return worker.substring(0, Math.max(0, worker.lastIndexOf('-')));
  }

  /** Gives a job the first free place of an executor; empty: it waits until one is free. */
  synchronized Optional<String> take(long job, String executor) {
    if (taken.getOrDefault(executor, new BitSet()).cardinality() < ofExecutor) {
      return Optional.of(give(job, executor));
    }
    waiting.computeIfAbsent(executor, any -> new ArrayDeque<>()).add(job);
    return Optional.empty();
  }

  /** Gives a job a place of an executor at once, even if it has no free one. */
  synchronized String force(long job, String executor) {
    waiting.values().forEach(jobs -> jobs.remove(job));
    Place place = places.get(job);
    return place == null ? give(job, executor) : place.name();
  }

  private String give(long job, String executor) {
    BitSet indices = taken.computeIfAbsent(executor, any -> new BitSet());
    Place place = new Place(executor, indices.nextClearBit(0));
    indices.set(place.index());
    places.put(job, place);
    return place.name();
  }

  /** Frees the place of a job, if it has one; returns who has it now, if anybody waits for it. */
  synchronized Optional<Grant> release(long job) {
    Place place = places.remove(job);
    if (place == null) {
      return Optional.empty();
    }
    BitSet indices = taken.get(place.executor());
    indices.clear(place.index());
    if (indices.isEmpty()) {
      taken.remove(place.executor());
    }
    Long next = waiting.getOrDefault(place.executor(), new ArrayDeque<>()).poll();
    return next == null
        ? Optional.empty()
        : Optional.of(new Grant(next, give(next, place.executor())));
  }
}
