package io.carillon.common.recurrence;

import io.carillon.common.cron.LocalRule;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Local times as people write them. */
final class Locals {

  static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  private Locals() {}

  static long at(String local) {
    return LocalDateTime.parse(local).toEpochSecond(ZoneOffset.UTC);
  }

  static String text(long local) {
    return local == LocalRule.NONE
        ? "none"
        : LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC).toString();
  }

  /** A rule with its end, as if clocks never changed. */
  static Recurrence rule(String rrule, String start) {
    return rule(rrule, LocalDateTime.parse(start), NEW_YORK);
  }

  static Recurrence rule(String rrule, LocalDateTime start, ZoneId zone) {
    Recurrence rule = Recurrence.of(rrule, start.atZone(zone).toEpochSecond(), zone);
    long last = Long.MAX_VALUE;
    if (rule.count() > 0) {
      last = rule.nth(Long.MIN_VALUE, rule.count());
    }
    if (rule.untilInstant() < last) {
      long until = rule.untilInstant();
      last = until + zone.getRules().getOffset(Instant.ofEpochSecond(until)).getTotalSeconds();
    }
    return rule.within(start.toEpochSecond(ZoneOffset.UTC), last);
  }

  /** The first instances, at most {@code limit}. */
  static List<String> instances(Recurrence rule, int limit) {
    return instances(rule, Long.MIN_VALUE, limit);
  }

  /** The first instances at or after a local second, at most {@code limit}. */
  static List<String> instances(Recurrence rule, long from, int limit) {
    List<String> found = new ArrayList<>();
    long at = rule.nextFrom(from);
    while (at != LocalRule.NONE && found.size() < limit) {
      found.add(text(at));
      at = rule.nextFrom(at + 1);
    }
    return found;
  }
}
