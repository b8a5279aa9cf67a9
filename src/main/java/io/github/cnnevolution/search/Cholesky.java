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

  /**
   * Solves L X = B for many right-hand sides at once, each a column of B, with the same roundings
   * as for one: the inner loop runs over the columns, which a processor does several at a time.
   *
   * @param b the rows of B, which become those of X
   */
  void solveLower(double[][] b) {
    for (int i = 0; i < b.length; i++) {
      double[] row = rows.get(i);
      double[] x = b[i];
      int k = 0;
      for (; k + 4 <= i; k += 4) {
        subtract(x, row, k, b[k], b[k + 1], b[k + 2], b[k + 3]);
      }
      for (; k < i; k++) {
        double[] known = b[k];
        for (int c = 0; c < x.length; c++) {
          x[c] -= row[k] * known[c];
        }
      }
      for (int c = 0; c < x.length; c++) {
        x[c] /= row[i];
      }
    }
  }

  private static void subtract(
      double[] x, double[] row, int k, double[] a, double[] b, double[] c, double[] d) {
    double first = row[k];
    double second = row[k + 1];
    double third = row[k + 2];
    double fourth = row[k + 3];
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] - first * a[i] - second * b[i] - third * c[i] - fourth * d[i];
    }
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
