package io.carillon.master.store.sql;

import org.jooq.ConnectionCallable;
import org.jooq.DSLContext;

/** Reads that look rows up by key, however large the table is. */
public final class KeyedRead {

  private KeyedRead() {}

  /**
   * Runs reads in a transaction that does not read a whole table for them. The planner thinks a
   * table small, and its indexes not worth the while, as long as it has no statistics: measured, on
   * days of the log with half a million fires, and on request ids while many were created.
   */
  public static <T> T run(DSLContext sql, ConnectionCallable<T> read) {
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
