package io.github.cnnevolution.engine;

import java.io.Serializable;

/**
 * A candidate that was trained again.
 *
 * @param accuracy on the validation images, this time
 * @param weights the file of its weights
 */
record RetrainAnswer(double accuracy, SentFile weights) implements Serializable {}
