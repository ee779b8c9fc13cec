package io.carillon.master;

import io.carillon.common.schedule.ScheduleSpec;

/** Specs for tests. */
public final class TestSpecs {

  private TestSpecs() {}

  /** The same with jitter. */
  public static ScheduleSpec withJitter(ScheduleSpec plain, long jitterMicros) {
    return new ScheduleSpec(
        plain.rule(),
        plain.zone(),
        plain.startMicros(),
        plain.endMicros(),
        plain.maxFires(),
        plain.countFromMicros(),
        plain.gap(),
        plain.fold(),
        plain.exclusions(),
        plain.businessDays(),
        jitterMicros);
  }
}
