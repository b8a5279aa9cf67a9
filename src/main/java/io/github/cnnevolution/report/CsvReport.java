package io.github.cnnevolution.report;

import io.github.cnnevolution.run.EvaluationStore;
import io.github.cnnevolution.run.RunFacts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Evaluations as comma-separated values (RFC 4180), with a header, in UTF-8. */
public final class CsvReport {
  private CsvReport() {}

  /**
   * Writes all evaluations in the order in which they were stored. Numbers keep their exact value;
   * unknown values are empty.
   *
   * @param database the store of the run
   */
  public static void write(Path database, OutputStream out) throws IOException {
    try (EvaluationStore store = EvaluationStore.openToRead(database)) {
      write(store, out);
    }
  }

  private static void write(EvaluationStore store, OutputStream out) throws IOException {
    RunFacts facts = RunFacts.of(store.facts());
    line(out, EvaluationRows.names(facts));
    EvaluationRows rows = new EvaluationRows(facts, store.proposals());
    AtomicLong id = new AtomicLong();
    Set<String> whole = store.wholeTrainings();
    try {
      store.forEach(
          evaluation -> {
            long number = id.incrementAndGet();
            if (evaluation.evaluation().isPart()
                && whole.contains(evaluation.evaluation().job().architecture().phenotype())) {
              return;
            }
            try {
              line(out, rows.row(number, evaluation).values());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void line(OutputStream out, Collection<?> values) throws IOException {
    String line = values.stream().map(CsvReport::field).collect(Collectors.joining(","));
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String field(Object value) {
    String text = value == null ? "" : value.toString();
    boolean plain = text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
