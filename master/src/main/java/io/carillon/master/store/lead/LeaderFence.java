package io.carillon.master.store.lead;

import static io.carillon.master.store.jooq.Tables.LEADER_EPOCH;

import java.util.function.Function;
import org.jooq.DSLContext;

/** Keeps masters that no longer lead from writing. */
public final class LeaderFence {

  private LeaderFence() {}

  /**
   * Does this in a transaction in which no other master can take over.
   *
   * @throws DeposedException if another one already has
   */
  public static <T> T write(DSLContext sql, long epoch, Function<DSLContext, T> change) {
    return sql.transactionResult(
        transaction -> {
          hold(transaction.dsl(), epoch);
          return change.apply(transaction.dsl());
        });
  }

  /**
   * To be called first in every transaction that writes: until its end no other master can take
   * over.
   *
   * @throws DeposedException if another one already has
   */
  public static void hold(DSLContext transaction, long epoch) {
    boolean held =
        transaction
            .selectOne()
            .from(LEADER_EPOCH)
            .where(LEADER_EPOCH.EPOCH.eq(epoch))
            .forShare()
            .fetch()
            .isNotEmpty();
    if (!held) {
      throw new DeposedException(epoch);
    }
  }
}
