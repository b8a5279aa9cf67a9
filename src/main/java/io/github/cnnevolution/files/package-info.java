/**
 * Writing files so that they appear whole or not at all. Pure Java: imports none of the other
 * packages.
 */
package io.github.cnnevolution.files;
