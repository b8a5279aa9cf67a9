package io.github.cnnevolution.engine;

import java.util.regex.Pattern;

/**
 * A setting that cannot be used, with its value and the remedy in one line. Nothing has been
 * computed then.
 *
 * <p>Settings are named as the options of the command line are, in snake_case. The message of a
 * program has the plain names, such as {@code gpus 7: there is no GPU 7}; {@link
 * #commandLineMessage} writes them as one types them, such as {@code --gpus 7: there is no GPU 7}.
 */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;
  private static final Pattern NAME = Pattern.compile("\\{(\\w+)}");

  /** Where names stand in braces. */
  private final String template;

  /**
   * A problem with a setting.
   *
   * @param setting its name
   * @param value as it was given; empty for a flag
   * @param problem what is wrong and what would do; other settings stand in braces, such as {@code
   *     use {workers_per_gpu}}
   */
  public SettingException(String setting, Object value, String problem) {
    this("{%s}%s: %s".formatted(setting, value.toString().isEmpty() ? "" : " " + value, problem));
  }

  private SettingException(String template) {
    super(NAME.matcher(template).replaceAll("$1"));
    this.template = template;
  }

  /** The message with the names as options. */
  public String commandLineMessage() {
    return NAME.matcher(template).replaceAll("--$1");
  }
}
