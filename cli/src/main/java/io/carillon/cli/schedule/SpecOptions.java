package io.carillon.cli.schedule;

import io.carillon.cli.terminal.Moment;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.UsageException;
import io.carillon.v1.FoldPolicy;
import io.carillon.v1.GapPolicy;
import io.carillon.v1.ScheduleSpec;
import java.time.Duration;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** When a schedule fires, as options. */
final class SpecOptions {

  /** Names without the prefix that the enumeration in the contract must have. */
  enum Gap {
    shift,
    skip
  }

  /** As {@link Gap}. */
  enum Fold {
    first,
    last,
    both
  }

  @Mixin private RuleOptions rule;
  @Mixin private DayOptions days;

  @Option(
      names = "--zone",
      paramLabel = "ID",
      description =
          "Time zone of --cron, --rrule, days, and of times without an offset, such as Europe/Berlin (default: UTC).")
  private String zone;

  @Option(names = "--start", paramLabel = "TIME", description = "Not before this time.")
  private Moment start;

  @Option(names = "--end", paramLabel = "TIME", description = "Not after this time.")
  private Moment end;

  @Option(
      names = "--max-fires",
      paramLabel = "N",
      description = "At most so many times; 0 for no limit.")
  private Long maxFires;

  @Option(
      names = "--count-from",
      paramLabel = "TIME",
      description = "Where --max-fires begins to count if there is no --start (default: now).")
  private Moment countFrom;

  @Option(
      names = "--gap",
      paramLabel = "shift|skip",
      description =
          "A local time that a DST change leaves out: shift it after the gap (default), or skip it.")
  private Gap gap;

  @Option(
      names = "--fold",
      paramLabel = "first|last|both",
      description =
          "A local time that a DST change repeats: fire the first time (default), the last, or both.")
  private Fold fold;

  @Option(
      names = "--jitter",
      paramLabel = "DURATION",
      description =
          "Each time becomes due up to so much later, always by the same for the same time; 0s for none.")
  private Duration jitter;

  /** Whether anything of the spec is among the options. */
  boolean given() {
    return rule.given()
        || days.given()
        || Stream.of(zone, start, end, maxFires, countFrom, gap, fold, jitter)
            .anyMatch(o -> o != null);
  }

  /**
   * The spec of the options alone.
   *
   * @param names for the calendars
   */
  ScheduleSpec spec(Names names) {
    if (!rule.hasRule()) {
      throw new UsageException(
          "say when: give one or more of --cron, --every, --rrule, --at, --after");
    }
    return applyTo(ScheduleSpec.getDefaultInstance(), names);
  }

  /** The stored spec with what the options say in its place. */
  ScheduleSpec applyTo(ScheduleSpec stored, Names names) {
    ScheduleSpec.Builder spec = stored.toBuilder();
    if (zone != null) {
      spec.setTimeZone(zone);
    }
    rule.applyTo(spec);
    days.applyTo(spec, names);
    applyBounds(spec);
    if (gap != null) {
      spec.setGap(gap == Gap.shift ? GapPolicy.GAP_SHIFT : GapPolicy.GAP_SKIP);
    }
    if (fold != null) {
      spec.setFold(
          switch (fold) {
            case first -> FoldPolicy.FOLD_FIRST;
            case last -> FoldPolicy.FOLD_LAST;
            case both -> FoldPolicy.FOLD_BOTH;
          });
    }
    if (jitter != null) {
      spec.setJitter(TimeText.proto(jitter));
    }
    return spec.build();
  }

  private void applyBounds(ScheduleSpec.Builder spec) {
    String in = spec.getTimeZone();
    if (start != null) {
      spec.setStartTime(TimeText.proto(start.in(in, "--start")));
    }
    if (end != null) {
      spec.setEndTime(TimeText.proto(end.in(in, "--end")));
    }
    if (maxFires != null) {
      spec.setMaxFires(maxFires);
    }
    if (countFrom != null) {
      spec.setCountFrom(TimeText.proto(countFrom.in(in, "--count-from")));
    }
  }
}
