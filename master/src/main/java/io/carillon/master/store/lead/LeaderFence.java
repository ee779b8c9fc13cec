package io.carillon.master.store.lead;

import static io.carillon.master.store.jooq.Tables.LEADER_EPOCH;

import org.jooq.DSLContext;

/** Keeps masters that no longer lead from writing. */
public final class LeaderFence {

  private LeaderFence() {}

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
