/** The command line: a class a command, their options, exit codes. Nothing imports it. */
package io.github.cnnevolution.cli;
