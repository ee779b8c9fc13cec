package io.carillon.cli;

import io.carillon.v1.CronRule;
import io.carillon.v1.FoldPolicy;
import io.carillon.v1.GapPolicy;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.ScheduleSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
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

  /** As in the contract, written as people do. */
  enum Dialect {
    unix,
    seconds
  }

  @Option(
      names = "--cron",
      paramLabel = "EXPR",
      description = "Cron expression: 5 fields, or 6 with seconds first.")
  String cron;

  @Option(
      names = "--dialect",
      paramLabel = "unix|seconds",
      description = "Dialect of --cron; guessed by the number of fields.")
  Dialect dialect;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      description = "Fixed distance, such as 90s or PT1M30S.")
  Duration every;

  @Option(
      names = "--anchor",
      paramLabel = "TIME",
      description = "With --every: a time that the others are counted from (default: now).")
  Instant anchor;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Once, at a time such as 2026-03-29T01:00:00Z.")
  Instant at;

  @Option(
      names = "--after",
      paramLabel = "DURATION",
      description = "Once, after this long, such as 10m.")
  Duration after;

  @Option(
      names = "--zone",
      paramLabel = "ID",
      description = "Time zone of --cron, such as Europe/Berlin (default: UTC).")
  String zone;

  @Option(names = "--start", paramLabel = "TIME", description = "Not before this time.")
  Instant start;

  @Option(names = "--end", paramLabel = "TIME", description = "Not after this time.")
  Instant end;

  @Option(names = "--max-fires", paramLabel = "N", description = "At most so many times.")
  Long maxFires;

  @Option(
      names = "--gap",
      paramLabel = "shift|skip",
      description =
          "A local time that a DST change leaves out: shift it after the gap (default), or skip it.")
  Gap gap;

  @Option(
      names = "--fold",
      paramLabel = "first|last|both",
      description =
          "A local time that a DST change repeats: fire the first time (default), the last, or both.")
  Fold fold;

  /** Whether the rule itself is among the options. */
  boolean hasRule() {
    return cron != null || every != null || at != null || after != null;
  }

  /** Whether anything of the spec is among the options. */
  boolean given() {
    return hasRule()
        || Stream.of(dialect, anchor, zone, start, end, maxFires, gap, fold)
            .anyMatch(o -> o != null);
  }

  /** The spec of the options alone. */
  ScheduleSpec spec() {
    if (!hasRule()) {
      throw new UsageException("say when: give one of --cron, --every, --at, --after");
    }
    return applyTo(ScheduleSpec.getDefaultInstance());
  }

  /** The stored spec with what the options say in its place. */
  ScheduleSpec applyTo(ScheduleSpec stored) {
    if (Stream.of(cron, every, at, after).filter(o -> o != null).count() > 1) {
      throw new UsageException("give only one of --cron, --every, --at, --after");
    }
    ScheduleSpec.Builder spec = stored.toBuilder();
    applyRule(spec);
    if (zone != null) {
      spec.setTimeZone(zone);
    }
    if (start != null) {
      spec.setStartTime(TimeText.proto(start));
    }
    if (end != null) {
      spec.setEndTime(TimeText.proto(end));
    }
    if (maxFires != null) {
      spec.setMaxFires(maxFires);
    }
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
    return spec.build();
  }

  private void applyRule(ScheduleSpec.Builder spec) {
    if (cron != null) {
      spec.setCron(CronRule.newBuilder().setExpression(cron));
    } else if (every != null) {
      spec.setInterval(IntervalRule.newBuilder().setPeriod(TimeText.proto(every)));
    } else if (at != null) {
      spec.setOnce(OnceRule.newBuilder().setAt(TimeText.proto(at)));
    } else if (after != null) {
      spec.setOnce(OnceRule.newBuilder().setAfter(TimeText.proto(after)));
    }
    if (anchor != null) {
      if (!spec.hasInterval()) {
        throw new UsageException("--anchor goes with --every only");
      }
      spec.getIntervalBuilder().setAnchorTime(TimeText.proto(anchor));
    }
    if (dialect != null) {
      if (!spec.hasCron()) {
        throw new UsageException("--dialect goes with --cron only");
      }
      spec.getCronBuilder()
          .setDialect(dialect == Dialect.unix ? CronRule.Dialect.UNIX : CronRule.Dialect.SECONDS);
    }
  }
}
