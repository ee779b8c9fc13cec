package io.carillon.cli.terminal;

/**
 * Text of others, fit for a terminal and for a log: what would steer a terminal, hide, turn the
 * direction of writing or begin a line of its own is shown as an escape such as {@code \\u001b}.
 */
public final class Printable {

  private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private Printable() {}

  /** On one line. */
  public static String line(String text) {
    return escaped(text, "");
  }

  /** With its line breaks and tabs. */
  static String lines(String text) {
    return escaped(text, "\n\t");
  }

  /** With spaces after it, if it is shorter than this. */
  public static String pad(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }

  private static String escaped(String text, String kept) {
    if (text.codePoints().noneMatch(c -> isEscaped(c, kept))) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              if (isEscaped(c, kept)) {
                safe.append(escape(c));
              } else {
                safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }

  private static boolean isEscaped(int c, String kept) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> kept.indexOf(c) < 0;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> true;
      // Emoji and some scripts are written with these two.
      case Character.FORMAT -> c != ZERO_WIDTH_JOINER && c != ZERO_WIDTH_NON_JOINER;
      default -> false;
    };
  }

  private static String escape(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> {
        String digits = Integer.toHexString(c);
        yield c > 0xffff ? "\\u{" + digits + "}" : "\\u" + "0".repeat(4 - digits.length()) + digits;
      }
    };
  }
}
