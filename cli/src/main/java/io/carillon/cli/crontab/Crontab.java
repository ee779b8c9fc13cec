package io.carillon.cli.crontab;

import java.util.List;

/** What a crontab holds: the lines that run commands, and those that are refused. */
public record Crontab(List<CrontabEntry> entries, List<Refusal> refusals) {

  /** A line that cannot become a schedule. */
  public record Refusal(int line, String reason) {}

  /** Whether lines name a user. */
  public enum Style {
    /** As edited with {@code crontab -e}: time, command. */
    USER,
    /** As in /etc/crontab and /etc/cron.d: time, user, command. */
    SYSTEM
  }
}
