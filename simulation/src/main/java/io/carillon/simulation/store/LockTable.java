package io.carillon.simulation.store;

import io.carillon.simulation.store.Transaction.Lock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Locks of rows, as PostgreSQL has them: shared ones go together, and do not wait for one that
 * waits to have the row alone. Each transaction takes its locks in one order, so none waits for
 * itself.
 */
final class LockTable {

  /** Who has a row, and who waits for it. */
  private static final class Row {
    final List<Transaction> sharers = new ArrayList<>();
    Transaction owner;
    final ArrayDeque<Transaction> waiting = new ArrayDeque<>();

    boolean grant(Transaction to, boolean exclusive) {
      if (owner != null || exclusive && !sharers.isEmpty()) {
        return false;
      }
      if (exclusive) {
        owner = to;
      } else {
        sharers.add(to);
      }
      return true;
    }

    boolean isUnused() {
      return owner == null && sharers.isEmpty() && waiting.isEmpty();
    }
  }

  private final Map<String, Row> rows = new TreeMap<>();

  private Row row(String key) {
    return rows.computeIfAbsent(key, k -> new Row());
  }

  /** Takes the locks that are still missing; false if it has to wait for one. */
  boolean takeAll(Transaction transaction) {
    while (transaction.held < transaction.locks.size()) {
      Lock lock = transaction.locks.get(transaction.held);
      Row row = row(lock.key());
      if (!row.grant(transaction, lock.exclusive())) {
        row.waiting.add(transaction);
        return false;
      }
      transaction.held++;
    }
    return true;
  }

  /** Lets go of all that it holds or waits for; answers who may be able to go on now, in turn. */
  List<Transaction> release(Transaction transaction) {
    List<Transaction> freed = new ArrayList<>();
    for (Lock lock : transaction.locks) {
      Row row = rows.get(lock.key());
      if (row == null) {
        continue;
      }
      row.waiting.remove(transaction);
      row.sharers.remove(transaction);
      if (row.owner == transaction) {
        row.owner = null;
      }
      freed.addAll(row.waiting);
      row.waiting.clear();
      if (row.isUnused()) {
        rows.remove(lock.key());
      }
    }
    return freed;
  }

  /** As the store stops. */
  void clear() {
    rows.clear();
  }
}
