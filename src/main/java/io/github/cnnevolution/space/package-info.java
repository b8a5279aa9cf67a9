/**
 * The chromosome, its layout, and the architecture that it decodes to, with shapes, parameters and
 * flops. Pure Java: imports none of the other packages.
 */
package io.github.cnnevolution.space;
