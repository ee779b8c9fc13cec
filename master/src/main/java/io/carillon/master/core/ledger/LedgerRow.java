package io.carillon.master.core.ledger;

/**
 * A row of the log, as far as it is compared with what must be there.
 *
 * @param kind code of {@code FireKind}
 * @param lastNominal of a skipped run; else equal to {@code nominal}
 * @param skipReason code of {@code SkipReason}; 0 for what fired
 * @param epoch of its partition, under which it was recorded
 */
public record LedgerRow(
    long nominal,
    long schedule,
    int kind,
    int partition,
    long recordedAt,
    long version,
    long lastNominal,
    long skippedCount,
    int skipReason,
    int destination,
    long epoch,
    long seq) {}
