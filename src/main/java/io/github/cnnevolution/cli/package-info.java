/**
 * The command line: one class per command, their options, exit codes. No other package imports it.
 */
package io.github.cnnevolution.cli;
