package io.github.cnnevolution.data;

/**
 * Data that cannot be used, said in one line for the user: what is wrong with what, and how to go
 * on.
 *
 * <p>Unchecked, because no code between the reader and the command line can repair a file: it would
 * only pass the exception on.
 */
public final class DatasetException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What helps against missing and damaged files alike. */
  static final String REMEDY =
      "run `" + Cifar100Download.COMMAND + "`, or use --data " + DatasetLocator.SYNTHETIC;

  /**
   * Writes the line {@code subject: expected …, found …; remedy}.
   *
   * @param subject the file, directory or data set at fault
   * @param expected what it should have been
   * @param found what it is instead
   * @param remedy what the user can do
   */
  public DatasetException(Object subject, String expected, String found, String remedy) {
    this(subject, expected, found, remedy, null);
  }

  /**
   * The same with a cause.
   *
   * @param subject the file, directory or data set at fault
   * @param expected what it should have been
   * @param found what it is instead
   * @param remedy what the user can do
   * @param cause what went wrong underneath, or null
   */
  public DatasetException(
      Object subject, String expected, String found, String remedy, Throwable cause) {
    super("%s: expected %s, found %s; %s".formatted(subject, expected, found, remedy), cause);
  }
}
