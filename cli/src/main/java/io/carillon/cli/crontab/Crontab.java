package io.carillon.cli.crontab;

import java.util.List;

/**
 * What a crontab holds: the lines that run commands, those that are refused, and what to know of
 * lines that were taken.
 */
public record Crontab(List<CrontabEntry> entries, List<Refusal> refusals, List<Note> notes) {

  /** A line that cannot become a schedule. */
  public record Refusal(int line, String reason) {}

  /** How a line was read that could be meant in another way. */
  public record Note(int line, String text) {}

  /** Whether lines name a user. */
  public enum Style {
    /** As edited with {@code crontab -e}: time, command. */
    USER,
    /** As in /etc/crontab and /etc/cron.d: time, user, command. */
    SYSTEM
  }
}
