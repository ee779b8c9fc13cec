package io.carillon.clocknode.core;

import io.carillon.common.fire.SkipReason;

/** Nominal times of a revision that its catch-up leaves out: all from first to last. */
public record SkippedRun(
    long schedule,
    long version,
    long firstNominal,
    long lastNominal,
    long count,
    SkipReason reason) {}
