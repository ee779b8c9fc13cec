package io.carillon.common.recurrence;

import io.carillon.common.cron.LocalRule;
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

  static Recurrence rule(String rrule, String start) {
    return Recurrence.of(rrule, at(start), NEW_YORK);
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
