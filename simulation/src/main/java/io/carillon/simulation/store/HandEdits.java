package io.carillon.simulation.store;

import io.carillon.master.core.Revision;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.store.Transaction.Lock;
import java.util.List;

/** Edits by hand, past any leader: they wait for who writes the partition, as in PostgreSQL. */
public final class HandEdits {

  private final Transactions transactions;
  private final FireTables fires;
  private final StoreListener listener;

  HandEdits(Transactions transactions, FireTables fires, StoreListener listener) {
    this.transactions = transactions;
    this.fires = fires;
    this.listener = listener;
  }

  /** Enters a fire, for nobody to deliver. */
  public void plant(Revision revision, int partition, long nominal) {
    edit(
        partition,
        () -> {
          if (fires.plant(revision, partition, nominal)) {
            listener.planted(revision, partition, nominal);
          }
        });
  }

  /** Sets a watermark back. */
  public void setBack(int partition, long by) {
    edit(
        partition,
        () -> {
          long to = fires.watermark(partition) - by;
          fires.setBack(partition, to);
          listener.setBack(partition, to);
        });
  }

  private void edit(int partition, Runnable edit) {
    Transaction[] ready = new Transaction[1];
    var unused =
        transactions.begin(
            List.of(new Lock("3 partition " + partition, true)),
            transaction -> {
              ready[0] = transaction;
              transaction.atCommit(edit);
              return Ending.COMMITTED;
            },
            () -> transactions.commit(ready[0]));
  }
}
