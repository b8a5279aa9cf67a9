/**
 * Devices and their precisions, the settings of the native runtime, and the ownership of native
 * memory. No other package refers to CUDA.
 */
package io.github.cnnevolution.device;
