package io.carillon.cli.crontab;

import io.carillon.cli.crontab.Crontab.Style;
import io.carillon.v1.CronRule;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells the system style from the user style, which the format itself does not. By the place of the
 * file if it is one that cron reads in system style; else it is system style if every command
 * begins with a word that could be a login followed by another word, and one of these is an account
 * that systems have.
 */
public final class StyleGuess {

  /** Those that are not also the name of a command, as mail, backup and git are. */
  private static final Set<String> SYSTEM_ACCOUNTS =
      Set.of(
          "root",
          "daemon",
          "nobody",
          "www-data",
          "apache",
          "postgres",
          "redis",
          "munin",
          "smmsp",
          "amavis",
          "debian-spamd",
          "_apt",
          "systemd-network",
          "logcheck");

  /** A line that begins with a time; assignments and comments do not. */
  private static final Pattern ENTRY = Pattern.compile("\\s*-?((?:@[a-z_]+|[0-9*H])\\S*\\s.*)");

  private static final Pattern COMMAND = Pattern.compile("(\\S+)(\\s+\\S.*)?");
  private static final Pattern LOGIN = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

  private StyleGuess() {}

  /**
   * @param path of the file, as far as it is known
   */
  public static Style of(String path, byte[] content) {
    if (path.matches("(?:.*/)?etc/crontab") || path.matches("(?:.*/)?cron\\.d/[^/]*")) {
      return Style.SYSTEM;
    }
    boolean known = false;
    for (String line : new String(content, StandardCharsets.ISO_8859_1).split("\r?\n")) {
      Matcher entry = ENTRY.matcher(line);
      TimeFields times =
          entry.matches()
              ? TimeFields.read(entry.group(1), CronRule.Dialect.DIALECT_UNSPECIFIED)
              : null;
      if (times == null || times.rest() == null) {
        continue;
      }
      Matcher command = COMMAND.matcher(times.rest());
      if (!command.matches()
          || !LOGIN.matcher(command.group(1)).matches()
          || command.group(2) == null) {
        return Style.USER;
      }
      known |= SYSTEM_ACCOUNTS.contains(command.group(1));
    }
    return known ? Style.SYSTEM : Style.USER;
  }
}
