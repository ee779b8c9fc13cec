package io.carillon.common.cron;

import java.util.Locale;

/** Tells the signs of Quartz from names such as JUL and WED. */
final class QuartzSigns {

  private QuartzSigns() {}

  /** Whether a text has {@code ?}, {@code #}, or L or W that are no part of a name. */
  static boolean in(String text) {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '?' || c == '#') {
        return true;
      }
      int begin = at;
      while (at < text.length() && isLetter(text.charAt(at))) {
        at++;
      }
      if (at > begin && isSign(text.substring(begin, at).toUpperCase(Locale.ROOT))) {
        return true;
      }
      at += at == begin ? 1 : 0;
    }
    return false;
  }

  static boolean isLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  /** Of a whole word: L, W, LW, or L after the name of a day. */
  private static boolean isSign(String word) {
    int last = word.length() - 1;
    return word.chars().allMatch(c -> c == 'L' || c == 'W')
        || (word.charAt(last) == 'L'
            && CronField.QUARTZ_DAY_OF_WEEK.names.contains(word.substring(0, last)));
  }
}
