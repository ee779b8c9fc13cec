package io.carillon.cli.crontab;

import io.carillon.cli.crontab.Crontab.Style;
import io.carillon.v1.CronRule;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells the system style from the user style, which the format itself does not: by what its lines
 * say, and only then by the place of the file.
 *
 * <ul>
 *   <li>A line that names an account of systems before its command makes it the system style.
 *   <li>Where cron reads files in system style, a word that could be a user does so too, unless
 *       other lines have a path in its place: then nothing is sure. If all have, it is the user
 *       style, as of BSD systems whose /etc/crontab is the one of root.
 *   <li>Everything else is the user style.
 * </ul>
 */
public final class StyleGuess {

  /** A line that begins with a time; assignments and comments do not. */
  private static final Pattern ENTRY =
      Pattern.compile("\\s*-?((?:@[a-z_]+|[0-9*H~])\\S*\\s.*|(?i:cron|rate|at)\\([^)]*\\)\\s.*)");

  private StyleGuess() {}

  /**
   * @param path of the file, as far as it is known
   * @return empty if it is not sure
   */
  public static Optional<Style> of(String path, byte[] content) {
    Set<UserWord> found = words(content);
    if (found.contains(UserWord.ACCOUNT)) {
      return Optional.of(Style.SYSTEM);
    }
    if (!isSystemPath(path)) {
      return Optional.of(Style.USER);
    }
    boolean users = found.contains(UserWord.POSSIBLE);
    boolean none = found.contains(UserWord.NONE);
    if (users && none) {
      return Optional.empty();
    }
    return Optional.of(none ? Style.USER : Style.SYSTEM);
  }

  private static boolean isSystemPath(String path) {
    return path.matches("(?:.*/)?etc/crontab") || path.matches("(?:.*/)?cron\\.d/[^/]*");
  }

  private static Set<UserWord> words(byte[] content) {
    Set<UserWord> found = EnumSet.noneOf(UserWord.class);
    for (String line : new String(content, StandardCharsets.ISO_8859_1).split("\r?\n")) {
      Matcher entry = ENTRY.matcher(line);
      TimeFields times =
          entry.matches()
              ? TimeFields.read(entry.group(1), CronRule.Dialect.DIALECT_UNSPECIFIED)
              : null;
      if (times != null && times.rest() != null) {
        found.add(UserWord.of(times.rest()));
      }
    }
    return found;
  }
}
