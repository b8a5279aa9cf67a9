/**
 * From an architecture to LibTorch modules, and the files in which trained weights leave the
 * program.
 */
package io.github.cnnevolution.network;
