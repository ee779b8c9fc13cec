package io.carillon.common.schedule;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;

/** Where compiled specs get from what many of them have in common. */
interface SpecParts {

  /** Makes all parts anew. */
  SpecParts OWN =
      new SpecParts() {
        @Override
        public ZonedTimes times(ZonedKey key, Supplier<LocalRule> rule) {
          return key.times(rule.get());
        }

        @Override
        public DayTable days(BusinessDays days) {
          return DayTable.of(days);
        }
      };

  /**
   * All that the times of a rule over local time depend on: equal keys, equal times.
   *
   * @param rule what tells rules apart: fields of a cron expression, or a recurrence rule itself
   * @param begin as in {@link ZonedTimes}
   * @param moves null: times stay on days that are not business days
   */
  record ZonedKey(
      Object rule, ZoneId zone, boolean shiftGaps, FoldPolicy fold, long begin, Moves moves) {

    ZonedTimes times(LocalRule local) {
      return new ZonedTimes(
          moves == null ? local : moves.of(local), ZoneTable.of(zone), shiftGaps, fold, begin);
    }
  }

  /**
   * To which business days times move.
   *
   * @param days compared by identity, so that it is for {@link SpecParts#days} to share it
   */
  record Moves(DayTable days, boolean forward) {

    LocalRule of(LocalRule local) {
      return new MovedRule(local, days, forward);
    }
  }

  /** What tells the days of calendars apart. */
  record DaysKey(int weekend, List<DayRange> daysOff) {

    static DaysKey of(BusinessDays days) {
      return new DaysKey(days.weekend(), days.daysOff());
    }
  }

  /**
   * The times of a rule over local time.
   *
   * @param rule makes the rule if it is not there yet
   */
  ZonedTimes times(ZonedKey key, Supplier<LocalRule> rule);

  /** The days of calendars. */
  DayTable days(BusinessDays days);
}
