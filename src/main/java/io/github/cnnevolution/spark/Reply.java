package io.github.cnnevolution.spark;

import java.io.Serializable;

/**
 * What a task sends back. A task fails for Spark's reasons only; what our code has to say is a
 * result.
 *
 * @param value of the call; null if it was refused
 * @param refusal why the executor cannot make the call; empty if it has
 * @param <T> the result of the call
 */
record Reply<T extends Serializable>(T value, String refusal) implements Serializable {}
