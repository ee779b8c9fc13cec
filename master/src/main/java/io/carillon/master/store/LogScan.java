package io.carillon.master.store;

import org.jooq.ConnectionCallable;
import org.jooq.DSLContext;

/** Reads of the log by seq. */
final class LogScan {

  private LogScan() {}

  /**
   * Runs reads of ranges of seq in a transaction that does not read the whole log for them. The
   * planner thinks little of a BRIN index while a day's table has no statistics, and takes all
   * cores for reading everything instead: measured, on a table of half a million fires already.
   */
  static <T> T run(DSLContext sql, ConnectionCallable<T> read) {
    return sql.transactionResult(
        configuration -> {
          DSLContext transaction = configuration.dsl();
          transaction.fetch(
              "select set_config('enable_seqscan', 'off', true),"
                  + " set_config('max_parallel_workers_per_gather', '0', true)");
          return transaction.connectionResult(read);
        });
  }
}
