package io.github.cnnevolution.evaluation;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Jobs by their state: pending, running, completed. Workers block in {@link #take} until there is
 * work; nobody polls. Jobs are known by id, so that jobs for equal chromosomes do not disturb each
 * other. Safe to use from many threads.
 */
final class JobQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition jobArrived = lock.newCondition();
  private final Queue<EvaluationJob> pending = new ArrayDeque<>();
  private final Map<Long, EvaluationJob> running = new HashMap<>();
  private final Map<Long, CompletableFuture<Evaluation>> results = new HashMap<>();
  private long completed;

  /**
   * How many jobs are in each state.
   *
   * @param pending waiting for a worker
   * @param running at a worker
   * @param completed done or failed
   */
  record Counts(int pending, int running, long completed) {}

  /**
   * Adds a job at the end.
   *
   * @return its result, when it is there
   * @throws IllegalArgumentException if a job of this id is not completed yet
   */
  CompletableFuture<Evaluation> submit(EvaluationJob job) {
    lock.lock();
    try {
      if (results.containsKey(job.id())) {
        throw new IllegalArgumentException("job " + job.id() + " is already in the queue");
      }
      CompletableFuture<Evaluation> result = new CompletableFuture<>();
      results.put(job.id(), result);
      pending.add(job);
      jobArrived.signal();
      return result;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a job and marks it as running. */
  EvaluationJob take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (pending.isEmpty()) {
        jobArrived.await();
      }
      EvaluationJob job = pending.remove();
      running.put(job.id(), job);
      return job;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Marks a running job as completed and hands its result to whoever waits.
   *
   * @throws IllegalArgumentException if the job is not running
   */
  void complete(Evaluation evaluation) {
    finish(evaluation.job()).complete(evaluation);
  }

  /**
   * Marks a running job as completed without a result; whoever waits gets the reason.
   *
   * @throws IllegalArgumentException if the job is not running
   */
  void fail(EvaluationJob job, Throwable reason) {
    finish(job).completeExceptionally(reason);
  }

  /**
   * The result is completed by the caller, outside the lock: whoever waits may submit the next job
   * at once.
   */
  private CompletableFuture<Evaluation> finish(EvaluationJob job) {
    lock.lock();
    try {
      if (running.remove(job.id()) == null) {
        throw new IllegalArgumentException("job " + job.id() + " is not running");
      }
      completed++;
      return results.remove(job.id());
    } finally {
      lock.unlock();
    }
  }

  Counts counts() {
    lock.lock();
    try {
      return new Counts(pending.size(), running.size(), completed);
    } finally {
      lock.unlock();
    }
  }
}
