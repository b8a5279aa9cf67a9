package io.github.cnnevolution.report;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads from and writes to.
 *
 * @param in standard input
 * @param out results
 * @param err progress, notices and errors
 * @param interactive whether {@code err} is a terminal, where a bar may be redrawn
 */
public record Console(InputStream in, PrintStream out, PrintStream err, boolean interactive) {}
