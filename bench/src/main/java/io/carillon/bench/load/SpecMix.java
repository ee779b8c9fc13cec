package io.carillon.bench.load;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.carillon.v1.CronRule;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.ScheduleSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Specs as a cluster of many users holds them, none of which is due within the day: cron
 * expressions that schedules share, and intervals and single times that each has for itself.
 *
 * @param cronPercent of all schedules
 * @param intervalPercent of all schedules; the rest are single times
 * @param cronExpressions different ones among the cron expressions, each with one time zone
 * @param fromMicros about now
 */
public record SpecMix(int cronPercent, int intervalPercent, int cronExpressions, long fromMicros) {

  /** One for each minute of 28 days. */
  public static final int MOST_EXPRESSIONS = 28 * 24 * 60;

  private static final long DAY = TimeUnit.DAYS.toMicros(1);
  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo");
  private static final int[] PERIOD_DAYS = {2, 7, 30};

  public SpecMix {
    if (cronPercent < 0
        || intervalPercent < 0
        || cronPercent + intervalPercent > 100
        || cronExpressions < 1
        || cronExpressions > MOST_EXPRESSIONS) {
      throw new IllegalArgumentException(
          "percents of cron and interval are 100 at most together, expressions 1 to "
              + MOST_EXPRESSIONS);
    }
  }

  /** The same number, the same spec. Of any hundred in a row each kind has its share. */
  public ScheduleSpec spec(int number) {
    // Each kind is spread over the hundred: 37 and 100 have no common divisor.
    int kind = Math.floorMod(number * 37, 100);
    if (kind < cronPercent) {
      int numberOfCron = number / 100 * cronPercent + kind;
      return cron(numberOfCron % cronExpressions);
    }
    // Microseconds, spread over half a day without any two alike among a million or so.
    long own = Math.floorMod(number * 2_654_435_761L, DAY / 2);
    return kind < cronPercent + intervalPercent ? interval(number, own) : once(number, own);
  }

  private ScheduleSpec cron(int which) {
    int month = Instant.ofEpochMilli(fromMicros / 1000).atZone(ZoneOffset.UTC).getMonthValue();
    String expression =
        String.format(
            Locale.ROOT,
            "%d %d %d %d *",
            which % 60,
            which / 60 % 24,
            1 + which / 1440,
            1 + (month + 2) % 12);
    return ScheduleSpec.newBuilder()
        .setCron(CronRule.newBuilder().setExpression(expression))
        .setTimeZone(ZONES.get(which % ZONES.size()))
        .build();
  }

  private ScheduleSpec interval(int number, long own) {
    long period = PERIOD_DAYS[number % PERIOD_DAYS.length] * DAY;
    return ScheduleSpec.newBuilder()
        .setInterval(
            IntervalRule.newBuilder()
                .setPeriod(Durations.fromMicros(period))
                .setAnchorTime(Timestamps.fromMicros(fromMicros + DAY + own)))
        .build();
  }

  private ScheduleSpec once(int number, long own) {
    long day = 1 + number % 30;
    return ScheduleSpec.newBuilder()
        .setOnce(OnceRule.newBuilder().setAt(Timestamps.fromMicros(fromMicros + day * DAY + own)))
        .build();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d %% cron (%d different expressions in %d time zones), %d %% intervals and %d %% single"
            + " times (each its own)",
        cronPercent,
        cronExpressions,
        Math.min(cronExpressions, ZONES.size()),
        intervalPercent,
        100 - cronPercent - intervalPercent);
  }
}
