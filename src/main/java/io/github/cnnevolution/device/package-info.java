/**
 * Devices, what they can compute, the settings of the native runtime, and the ownership of native
 * memory. The one place that names CUDA.
 */
package io.github.cnnevolution.device;
