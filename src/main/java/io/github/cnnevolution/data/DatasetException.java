package io.github.cnnevolution.data;

import io.github.cnnevolution.text.Text;

/**
 * Reports unusable data in one line for the user: the subject, the problem, and the remedy.
 *
 * <p>Unchecked, because no code between the reader and the command line can repair a file. It could
 * only pass the exception on.
 */
public final class DatasetException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The remedy for missing and for damaged files. */
  static final String REMEDY =
      "run `" + Cifar100Download.COMMAND + "`, or use --data " + DatasetLocator.SYNTHETIC;

  /**
   * Creates an exception with the message {@code subject: expected …, found …; remedy}.
   *
   * @param subject the file, directory or data set with the problem
   * @param expected what was expected
   * @param found what was found instead
   * @param remedy what the user can do
   */
  public DatasetException(Object subject, String expected, String found, String remedy) {
    this(subject, expected, found, remedy, null);
  }

  /**
   * Creates an exception with the message {@code subject: expected …, found …; remedy} and a cause.
   *
   * @param subject the file, directory or data set with the problem
   * @param expected what was expected
   * @param found what was found instead
   * @param remedy what the user can do
   * @param cause the underlying error, or null
   */
  public DatasetException(
      Object subject, String expected, String found, String remedy, Throwable cause) {
    super(Text.format("%s: expected %s, found %s; %s", subject, expected, found, remedy), cause);
  }
}
