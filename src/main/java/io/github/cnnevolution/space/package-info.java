/**
 * Chromosomes, search spaces that decode them, and the architecture that comes out: a graph of
 * layers with shapes, parameters and flops. Pure Java: imports none of the other packages.
 */
package io.github.cnnevolution.space;
