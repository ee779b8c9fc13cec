package io.carillon.simulation.store;

/** A row of the log. */
public record LoggedFire(
    long seq,
    long schedule,
    long nominal,
    long lastNominal,
    long version,
    int partition,
    long epoch,
    int kind,
    int skipReason,
    long skippedCount,
    int destination,
    long recordedAt) {}
