package io.carillon.clocknode.core;

/**
 * Nominal times of a revision that were too long past as they were reached: all from first to last.
 */
public record SkippedRun(
    long schedule, long version, long firstNominal, long lastNominal, long count) {}
