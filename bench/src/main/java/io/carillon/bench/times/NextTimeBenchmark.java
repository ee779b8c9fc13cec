package io.carillon.bench.times;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.quartz.CronExpression;

/**
 * The next time after a random instant of 2024 to 2033, by Carillon, cron-utils and Quartz: the
 * same expression, which all three read, in the same zone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NextTimeBenchmark {

  private static final int INSTANTS = 4096;
  private static final long SEED = 20_261_121;

  @Param({
    "* * * * * ?",
    "0 0/5 * * * ?",
    "0 30 2 * * ?",
    "0 0 9 ? * MON-FRI",
    "0 0 12 L * ?",
    "0 0 0 29 2 ?",
    "0 0 0 ? 2 2#5"
  })
  public String expression;

  @Param({"UTC", "Europe/Berlin"})
  public String zone;

  private final long[] micros = new long[INSTANTS];
  private final ZonedDateTime[] dateTimes = new ZonedDateTime[INSTANTS];
  private final Date[] dates = new Date[INSTANTS];
  private int at;
  private Occurrences occurrences;
  private ExecutionTime executionTime;
  private CronExpression cronExpression;

  @Setup
  public void setUp() throws ParseException {
    occurrences =
        ScheduleSpec.of(new CronRule(Dialect.QUARTZ, expression), ZoneId.of(zone)).compile();
    executionTime =
        ExecutionTime.forCron(
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ))
                .parse(expression));
    cronExpression = new CronExpression(expression);
    cronExpression.setTimeZone(TimeZone.getTimeZone(zone));
    Random random = new Random(SEED);
    long from = Instant.parse("2024-01-01T00:00:00Z").getEpochSecond();
    long to = Instant.parse("2034-01-01T00:00:00Z").getEpochSecond();
    for (int i = 0; i < INSTANTS; i++) {
      long second = random.nextLong(from, to);
      micros[i] = second * 1_000_000;
      dateTimes[i] = Instant.ofEpochSecond(second).atZone(ZoneId.of(zone));
      dates[i] = new Date(second * 1_000);
    }
  }

  private int next() {
    at = (at + 1) & (INSTANTS - 1);
    return at;
  }

  @Benchmark
  public long carillon() {
    return occurrences.nextAfter(micros[next()]);
  }

  @Benchmark
  public Optional<ZonedDateTime> cronUtils() {
    return executionTime.nextExecution(dateTimes[next()]);
  }

  @Benchmark
  public Date quartz() {
    return cronExpression.getNextValidTimeAfter(dates[next()]);
  }
}
