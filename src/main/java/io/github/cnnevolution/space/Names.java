package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What spaces, networks and layers may be called. Names of spaces and networks become parts of file
 * names, those of layers become attributes of modules in PyTorch.
 */
final class Names {
  private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]*");
  private static final Pattern PATH = Pattern.compile("\\w+(\\.\\w+)*");

  /** Python's keywords, then attributes that modules of PyTorch or of exported files have. */
  private static final Set<String> TAKEN =
      Set.of(
          ("False None True and as assert async await break class continue def del elif else except"
                  + " finally for from global if import in is lambda nonlocal not or pass raise"
                  + " return try while with yield"
                  + " add_module apply bfloat16 buffers children cpu cuda double eval float forward"
                  + " half modules parameters state_dict to train training type zero_grad"
                  + " normalizes")
              .split(" "));

  private Names() {}

  /**
   * Returns {@code name} if it is allowed for a space or a network.
   *
   * @param kind what it names, for the message
   * @throws IllegalArgumentException if it is not
   */
  static String check(String kind, String name) {
    if (!FILE_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          Text.format(
              "the name of a %s has lower-case letters, digits, '.', '_' and '-', and begins with a letter or digit; '%s' does not",
              kind, name));
    }
    return name;
  }

  /** Whether a layer may have this path: words with dots between them, none of them taken. */
  static boolean isPath(String name) {
    return PATH.matcher(name).matches()
        && Arrays.stream(name.split("\\.", -1)).noneMatch(TAKEN::contains);
  }
}
