package io.carillon.cli.crontab;

/**
 * What cron makes of the text after the time fields, character by character as cronie does.
 *
 * @param command what it hands to the shell: up to the first {@code %} that no backslash escapes;
 *     two backslashes are two, and escape nothing
 * @param stdin what it feeds to the command, or null if there is no such {@code %}; ends with a
 *     line break unless it is empty
 */
record CommandText(String command, String stdin) {

  static CommandText of(String text) {
    StringBuilder command = new StringBuilder();
    boolean escaped = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (escaped) {
        escaped = false;
        if (c == '%') {
          command.setLength(command.length() - 1);
        }
      } else if (c == '%') {
        return new CommandText(command.toString().strip(), input(text.substring(i + 1)));
      } else {
        escaped = c == '\\';
      }
      command.append(c);
    }
    return new CommandText(command.toString().strip(), null);
  }

  /** Here each backslash escapes, also one that is escaped itself. */
  private static String input(String text) {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escaped = i > 0 && text.charAt(i - 1) == '\\';
      if (c == '%' && escaped) {
        input.setLength(input.length() - 1);
      }
      input.append(c == '%' && !escaped ? '\n' : c);
    }
    if (input.length() > 0 && input.charAt(input.length() - 1) != '\n') {
      input.append('\n');
    }
    return input.toString();
  }
}
