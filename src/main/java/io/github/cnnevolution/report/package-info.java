/** Console output and report files: progress, tables, CSV, JSON and HTML pages. */
package io.github.cnnevolution.report;
