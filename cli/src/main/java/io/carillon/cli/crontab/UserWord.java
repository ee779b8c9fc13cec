package io.carillon.cli.crontab;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the word after the time fields is: a user, as in the system style, or a command's begin. */
enum UserWord {
  /** An account that systems have, and a command after it. */
  ACCOUNT,
  /** It could be a user, and a command comes after it. */
  POSSIBLE,
  /** A command that no user is called by, such as cd. */
  COMMAND,
  /** No user: a path, a quoted word, a sign, or nothing comes after it. */
  NONE;

  /** Those that are not also the name of a usual command, as mail, backup and git are. */
  private static final Set<String> ACCOUNTS =
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

  private static final Set<String> COMMANDS =
      Set.of(
          ("cd test echo printf if for while until case export exec eval set source env nice ionice"
                  + " nohup sudo bash sh dash zsh ksh find rm cp mv ln mkdir touch cat sleep date"
                  + " flock timeout chronic cronic run-parts curl wget tar true false umask")
              .split(" "));

  private static final Pattern WORDS = Pattern.compile("(\\S+)(?:\\s+(\\S.*))?");

  /** Also with the domain or the login class that some systems know. */
  private static final Pattern LOGIN =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*\\$?(?:[@:\\\\][A-Za-z0-9_.-]+)?");

  /**
   * @param rest of a line after its time fields, or null
   */
  static UserWord of(String rest) {
    Matcher words = WORDS.matcher(rest == null ? "" : rest.strip());
    if (!words.matches() || !LOGIN.matcher(words.group(1)).matches() || words.group(2) == null) {
      return NONE;
    }
    String word = words.group(1).toLowerCase(Locale.ROOT);
    if (COMMANDS.contains(word)) {
      return COMMAND;
    }
    // An option comes after a command: there is a program called root.
    boolean option = words.group(2).startsWith("-");
    return ACCOUNTS.contains(word) && !option ? ACCOUNT : POSSIBLE;
  }
}
