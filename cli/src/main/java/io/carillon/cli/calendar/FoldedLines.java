package io.carillon.cli.calendar;

import java.io.ByteArrayOutputStream;

/**
 * Folds of iCalendar lines (RFC 5545, 3.1), which are made after so many bytes, even within a
 * character.
 */
final class FoldedLines {

  private FoldedLines() {}

  /** The same lines, where each fold within a character of UTF-8 has moved behind it. */
  static byte[] wholeCharacters(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length);
    int at = 0;
    while (at < content.length) {
      int after = afterFold(content, at);
      if (after == at || !continues(content, after)) {
        out.write(content[at++]);
        continue;
      }
      int end = after;
      while (continues(content, end)) {
        out.write(content[end++]);
      }
      out.write(content, at, after - at);
      at = end;
    }
    return out.toByteArray();
  }

  /** Where what follows a fold begins; {@code at} if there is none. */
  private static int afterFold(byte[] content, int at) {
    int end = at;
    if (content[end] == '\r' && end + 1 < content.length) {
      end++;
    }
    boolean fold =
        content[end] == '\n'
            && end + 1 < content.length
            && (content[end + 1] == ' ' || content[end + 1] == '\t');
    return fold ? end + 2 : at;
  }

  /** Whether a byte is one after the first of a character. */
  private static boolean continues(byte[] content, int at) {
    return at < content.length && (content[at] & 0xC0) == 0x80;
  }
}
