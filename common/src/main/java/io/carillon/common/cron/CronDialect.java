package io.carillon.common.cron;

import static io.carillon.common.cron.CronField.DAY_OF_MONTH;
import static io.carillon.common.cron.CronField.DAY_OF_WEEK;
import static io.carillon.common.cron.CronField.HOUR;
import static io.carillon.common.cron.CronField.MINUTE;
import static io.carillon.common.cron.CronField.MONTH;
import static io.carillon.common.cron.CronField.QUARTZ_DAY_OF_WEEK;
import static io.carillon.common.cron.CronField.SECOND;
import static io.carillon.common.cron.CronField.YEAR;

import java.util.List;

/** Which fields an expression has and which signs they know; {@link CronParser} says more. */
public enum CronDialect {
  UNIX(5, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK),
  SECONDS(6, SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK),
  QUARTZ(6, SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, QUARTZ_DAY_OF_WEEK, YEAR);

  /** How many of the fields must be there. */
  final int required;

  final List<CronField> fields;

  CronDialect(int required, CronField... fields) {
    this.required = required;
    this.fields = List.of(fields);
  }
}
