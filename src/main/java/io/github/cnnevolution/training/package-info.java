/** The training step and recipe: mixed precision, optimizer, learning rate, metrics. */
package io.github.cnnevolution.training;
