package io.carillon.master.api.fire;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.fires.Ledger.Key;
import io.carillon.master.store.fires.Ledger.Row;
import io.carillon.master.store.fires.Ledger.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * The fires of schedules by nominal time, although the log has no index by schedule: what a
 * schedule owed is a function of its revisions, and each nominal time is looked up by primary key.
 * Other fires and skipped runs, which are few, have an index of their own.
 */
final class FireSearch {

  private static final int CHUNK = 1000;
  // A search through times that were skipped or not recorded yet ends with a short page.
  private static final int MOST_CHUNKS = 20;

  private final Ledger ledger;
  private final List<Long> schedules;
  private final long before;

  /** Times that a revision owes, one after the other. */
  private static final class Owed {
    final long schedule;
    final Occurrences times;
    final long last;
    long next;

    Owed(Rule rule, long from, long before) {
      schedule = rule.schedule();
      times = ScheduleSpec.parse(rule.spec()).compile();
      last = Math.min(rule.validTo(), before - 1);
      next = times.nextAfter(Math.max(rule.after(), from - 1));
    }

    boolean isOver() {
      return next == Occurrences.NEVER || next > last;
    }
  }

  /**
   * @param next key to go on after, or null if there is nothing more
   */
  record Page(List<Row> rows, Key next) {}

  /**
   * @param before nominal times before this one
   */
  FireSearch(Ledger ledger, List<Long> schedules, long before) {
    this.ledger = ledger;
    this.schedules = schedules;
    this.before = before;
  }

  Page page(Key after, int size) {
    PriorityQueue<Owed> owed = new PriorityQueue<>((a, b) -> Long.compare(a.next, b.next));
    for (Rule rule : ledger.rules(schedules, after.nominal())) {
      add(owed, new Owed(rule, after.nominal(), before));
    }
    TreeMap<Key, Row> found = new TreeMap<>();
    Key place = after;
    for (int chunk = 0; chunk < MOST_CHUNKS && found.size() <= size; chunk++) {
      Map<Long, LongStream.Builder> times = new TreeMap<>();
      // As a rule everything owed is there, and the first chunk fills the page.
      long reached = take(owed, times, chunk == 0 ? size + 1 : CHUNK);
      Key bound = Key.after(owed.isEmpty() ? before - 1 : reached);
      List<Row> unscheduled = ledger.unscheduled(schedules, place, bound.nominal(), size + 1);
      if (unscheduled.size() == size + 1) {
        bound = unscheduled.get(size).key();
      }
      List<Row> rows = new ArrayList<>(unscheduled);
      times.forEach(
          (schedule, of) -> rows.addAll(ledger.scheduled(schedule, of.build().toArray())));
      for (Row row : rows) {
        if (row.key().compareTo(place) > 0 && row.key().compareTo(bound) <= 0) {
          found.put(row.key(), row);
        }
      }
      boolean end = owed.isEmpty() && unscheduled.size() <= size;
      place = bound;
      if (end) {
        return cut(found, size, null);
      }
      if (unscheduled.size() == size + 1) {
        // There are more rows than the page takes, in order up to the bound.
        break;
      }
    }
    return cut(found, size, place);
  }

  private static Page cut(TreeMap<Key, Row> found, int size, Key place) {
    List<Row> rows = new ArrayList<>(found.values());
    return rows.size() > size
        ? new Page(List.copyOf(rows.subList(0, size)), rows.get(size - 1).key())
        : new Page(rows, place);
  }

  private static void add(PriorityQueue<Owed> owed, Owed one) {
    if (!one.isOver()) {
      owed.add(one);
    }
  }

  /** Takes the next times of all; answers the last, up to which there are none but these. */
  private static long take(
      PriorityQueue<Owed> owed, Map<Long, LongStream.Builder> times, int most) {
    long reached = Long.MIN_VALUE;
    for (int n = 0; !owed.isEmpty() && (n < most || owed.peek().next == reached); n++) {
      Owed first = owed.poll();
      reached = first.next;
      times.computeIfAbsent(first.schedule, s -> LongStream.builder()).add(first.next);
      first.next = first.times.nextAfter(first.next);
      add(owed, first);
    }
    return reached;
  }
}
