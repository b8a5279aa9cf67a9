package io.github.cnnevolution.space;

import java.util.regex.Pattern;

/** What spaces and networks may be called: their names become parts of file names. */
final class Names {
  private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9._-]*");

  private Names() {}

  /**
   * Returns {@code name} if it is allowed.
   *
   * @param kind what it names, for the message
   * @throws IllegalArgumentException if it is not
   */
  static String check(String kind, String name) {
    if (!ALLOWED.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a %s has lower-case letters, digits, '.', '_' and '-', and begins with a letter or digit; '%s' does not"
              .formatted(kind, name));
    }
    return name;
  }
}
