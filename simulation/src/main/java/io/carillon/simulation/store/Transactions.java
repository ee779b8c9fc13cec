package io.carillon.simulation.store;

import io.carillon.simulation.store.Transaction.Lock;
import java.util.ArrayList;
import java.util.List;

/** The transactions that are open, and the locks that they hold or wait for. */
final class Transactions {

  private final LockTable locks = new LockTable();
  private final List<Transaction> open = new ArrayList<>();

  /**
   * Begins a transaction.
   *
   * @param onReady called when it is READY, or was refused; perhaps at once
   */
  Transaction begin(List<Lock> wanted, Transaction.Body body, Runnable onReady) {
    Transaction transaction = new Transaction(wanted, body, onReady);
    open.add(transaction);
    proceed(transaction);
    return transaction;
  }

  private void proceed(Transaction transaction) {
    if (transaction.state() == Transaction.State.WAITING && locks.takeAll(transaction)) {
      transaction.look();
      if (transaction.isOver()) {
        end(transaction);
      }
      transaction.onReady.run();
    }
  }

  /** Commits one that is READY. */
  void commit(Transaction transaction) {
    transaction.write();
    end(transaction);
  }

  /** Ends one as if it had never been. */
  void abort(Transaction transaction) {
    if (!transaction.isOver()) {
      transaction.abort();
      end(transaction);
    }
  }

  private void end(Transaction transaction) {
    open.remove(transaction);
    locks.release(transaction).forEach(this::proceed);
  }

  /** Ends all as if they had never been. */
  void abortAll() {
    locks.clear();
    open.forEach(Transaction::abort);
    open.clear();
  }
}
