package io.github.cnnevolution.search;

import java.util.ArrayList;
import java.util.List;

/**
 * The lower triangular factor L of a symmetric positive definite matrix A = L L^T that grows by a
 * row at a time (Golub and Van Loan 2013, "Matrix Computations", section 4.2).
 */
final class Cholesky {
  /** Rounding may make a pivot negative, where the true one is 0. */
  private static final double LEAST_PIVOT = 1e-12;

  private final List<double[]> rows = new ArrayList<>();

  /** Appends a row of A up to the diagonal: n^2 / 2 multiplications. */
  void append(double[] row) {
    double[] next = new double[row.length];
    double rest = row[row.length - 1];
    for (int i = 0; i < row.length - 1; i++) {
      double[] known = rows.get(i);
      double value = row[i];
      for (int k = 0; k < i; k++) {
        value -= known[k] * next[k];
      }
      next[i] = value / known[i];
      rest -= next[i] * next[i];
    }
    next[row.length - 1] = Math.sqrt(Math.max(rest, LEAST_PIVOT));
    rows.add(next);
  }

  /** Solves L x = b. */
  double[] solveLower(double[] b) {
    double[] x = new double[b.length];
    for (int i = 0; i < b.length; i++) {
      double[] row = rows.get(i);
      double value = b[i];
      for (int k = 0; k < i; k++) {
        value -= row[k] * x[k];
      }
      x[i] = value / row[i];
    }
    return x;
  }

  /** An element of L x. */
  double timesRow(int index, double[] x) {
    double[] row = rows.get(index);
    double sum = 0;
    for (int k = 0; k < row.length; k++) {
      sum += row[k] * x[k];
    }
    return sum;
  }
}
