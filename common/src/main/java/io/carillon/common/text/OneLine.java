package io.carillon.common.text;

/**
 * What a line of text for people may hold: names, labels, reasons. Such text is shown on terminals
 * and in logs, so it must not steer them, break lines or turn the order of what stands beside it.
 */
public final class OneLine {

  private OneLine() {}

  /**
   * Why a text is refused as a line; null if it is not. The reason follows on the name of the
   * field, as in "must be at most 200 characters, but has 1234".
   *
   * @param max most characters, counted as code points
   */
  public static String fault(String text, int max) {
    // A look at the length alone is enough for most, and keeps the work on long texts small.
    if (text.length() > max) {
      int count = text.codePointCount(0, text.length());
      if (count > max) {
        return "must be at most " + max + " characters, but has " + count;
      }
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isSurrogatePair(text, i)) {
        i++;
      } else if (isControl(c) || Character.isSurrogate(c)) {
        return String.format(
            "must be one line without control characters, but has U+%04X at position %d",
            (int) c, text.codePointCount(0, i));
      }
    }
    return null;
  }

  private static boolean isSurrogatePair(String text, int i) {
    return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
  }

  /**
   * Whether a character must not be in a line: C0 and C1 controls, DEL, the separators of lines and
   * paragraphs (U+2028, U+2029), and what overrides or isolates the direction of text (U+202A to
   * U+202E, U+2066 to U+2069).
   */
  public static boolean isControl(int codePoint) {
    return codePoint < 0x20
        || (codePoint >= 0x7f && codePoint <= 0x9f)
        || (codePoint >= 0x2028 && codePoint <= 0x202e)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
  }

  /** A text with its controls written out, as in {@code \\u001B}: safe to quote in a line. */
  public static String escaped(String text) {
    int i = 0;
    while (i < text.length() && !isControl(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      escaped.append(isControl(c) ? String.format("\\u%04X", (int) c) : String.valueOf(c));
    }
    return escaped.toString();
  }
}
