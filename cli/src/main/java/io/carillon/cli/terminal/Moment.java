package io.carillon.cli.terminal;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;

/**
 * A time as an option gives it: an instant, or a local time that becomes one as soon as the zone is
 * known. Exactly one of the two is set.
 */
public record Moment(Instant instant, LocalDateTime local) {

  /** As in 2026-03-29T01:00:00Z, 2026-03-29T03:00+02:00, or 2026-03-29T03:00 without an offset. */
  public static Moment parse(String text) {
    try {
      return new Moment(null, LocalDateTime.parse(text));
    } catch (DateTimeParseException e) {
      return new Moment(instant(text), null);
    }
  }

  private static Instant instant(String text) {
    try {
      return TimeText.parseInstant(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ", or 2026-03-29T03:00 for local time of --zone", e);
    }
  }

  /**
   * Of a local time that comes twice, the first.
   *
   * @param option whose value this is, for the refusal of a local time that the zone leaves out
   */
  public Instant in(String zone, String option) {
    if (instant != null) {
      return instant;
    }
    ZoneId id;
    try {
      id = ScheduleSpec.zone(zone.isEmpty() ? "UTC" : zone);
    } catch (SpecException e) {
      throw new UsageException("--zone: there is no time zone \"" + zone + "\": " + e.getMessage());
    }
    var offsets = id.getRules().getValidOffsets(local);
    if (offsets.isEmpty()) {
      throw new UsageException(
          option
              + ": the clocks of "
              + id
              + " are put forward over "
              + local
              + "; give a time that exists");
    }
    return local.toInstant(offsets.get(0));
  }
}
