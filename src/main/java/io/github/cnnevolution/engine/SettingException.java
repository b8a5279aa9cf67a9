package io.github.cnnevolution.engine;

import io.github.cnnevolution.text.Text;
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

  private final String setting;
  private final String problem;

  /** The message with names in braces. */
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
    super(NAME.matcher(template(setting, value, problem)).replaceAll("$1"));
    this.setting = setting;
    this.problem = problem;
    this.template = template(setting, value, problem);
  }

  private static String template(String setting, Object value, String problem) {
    String shown = value.toString().isEmpty() ? "" : " " + value;
    return Text.format("{%s}%s: %s", setting, shown, problem);
  }

  /** The name of the setting. */
  public String setting() {
    return setting;
  }

  /** The same problem with the value as a person gave it, such as the name of a file. */
  public SettingException withValue(String value) {
    return new SettingException(setting, value, problem);
  }

  /** The message with the names as options. */
  public String commandLineMessage() {
    return NAME.matcher(template).replaceAll("--$1");
  }
}
