/** What a person sees, and the files a run leaves: progress, tables, JSON. */
package io.github.cnnevolution.report;
