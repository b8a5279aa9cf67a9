/**
 * JMH benchmarks: what the program does in a second, and what the machine could do at most. How to
 * run them: benchmarks/README.md. Those that look inside a package lie in that package.
 */
package io.github.cnnevolution.benchmarks;
