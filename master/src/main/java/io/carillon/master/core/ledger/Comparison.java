package io.carillon.master.core.ledger;

import io.carillon.common.fire.FireKind;
import io.carillon.master.core.Revision;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Holds the rows of one schedule against what its revisions owe. Rows come by rising nominal time;
 * each costs one step of its spec, so what is recorded is proven time by time and nothing is kept
 * but how far it has come. What is owed is also counted by the spec alone ({@link Owed#count}).
 */
public final class Comparison {

  private static final int SCHEDULED = FireKind.SCHEDULED.code(0);

  private final long schedule;
  private final int partition;

  /** Rows that begin up to this nominal time were judged before: now they only fill. */
  private final long judgedUpTo;

  private final RowPlaces places;

  /** By version; a schedule seldom has more than one that owes anything. */
  private final List<RevisionRows> revisions = new ArrayList<>(1);

  /** By kind of fire; null if nothing is known of fires beside the spec. */
  private TreeMap<Integer, PromisedRows> promised;

  private final Tally tally;
  private final Consumer<Gap> found;
  private final Eye eye;

  /** Differences after the last row that was right. */
  private Map<Gap.Kind, Gap> pending = Map.of();

  /** Sees rows that are as they must be, with the time at which what they stand for was due. */
  public interface Eye {
    void recorded(LedgerRow row, long due);
  }

  public Comparison(
      long schedule,
      int partition,
      long judgedUpTo,
      List<Owed> owed,
      RowPlaces places,
      Tally tally,
      Consumer<Gap> found,
      Eye eye) {
    this.schedule = schedule;
    this.partition = partition;
    this.judgedUpTo = judgedUpTo;
    this.places = places;
    this.tally = tally;
    this.found = found;
    this.eye = eye;
    for (Owed one : owed) {
      revisions.add(new RevisionRows(one, this, tally));
      tally.owed += one.count();
    }
  }

  /**
   * What clients were told of fires beside the spec: from here on no others are expected.
   *
   * @param promises triggers by rising nominal times
   * @param upTo asked for is what they say up to this nominal time
   */
  public void promise(List<Promise> promises, long upTo) {
    promised = new TreeMap<>();
    PromisedRows.Triggers triggers = new PromisedRows.Triggers(this, tally);
    promised.put(FireKind.MANUAL.code(0), triggers);
    for (Promise promise : promises) {
      if (promise instanceof Promise.Backfill backfill) {
        promised.put(
            backfill.kind(), new PromisedRows.Backfilled(backfill, judgedUpTo, upTo, this, tally));
      } else if (promise instanceof Promise.Trigger trigger) {
        triggers.add(trigger.nominal());
      }
    }
  }

  public long schedule() {
    return schedule;
  }

  /** The next row, by nominal time. */
  public void row(LedgerRow row) {
    if (row.kind() != SCHEDULED) {
      beside(row);
      return;
    }
    RevisionRows named = named(row.version());
    boolean right = named != null && named.row(row);
    if (row.nominal() > judgedUpTo) {
      judge(row, right, right ? named.owed.revision().destination() : -1);
    }
  }

  /** Of a row that stands for something, where it belongs; of any other, that it is there. */
  private void judge(LedgerRow row, boolean right, int destination) {
    long last = Math.max(row.nominal(), row.lastNominal());
    if (!right) {
      report(Gap.Kind.UNEXPECTED, row.version(), row.nominal(), last, 1, row.kind(), "", null);
      return;
    }
    String fault = places.fault(row, partition, destination);
    if (fault != null) {
      report(Gap.Kind.ALTERED, row.version(), row.nominal(), last, 1, row.kind(), fault, null);
    }
  }

  private RevisionRows named(long version) {
    for (RevisionRows one : revisions) {
      if (one.version() == version) {
        return one;
      }
    }
    return null;
  }

  /** A fire beside the spec: the revisions do not owe it, but clients may have been told of it. */
  private void beside(LedgerRow row) {
    if (row.nominal() <= judgedUpTo) {
      return;
    }
    boolean isKind = row.kind() > 0 && row.kind() <= 1 + FireKind.MAX_BACKFILL;
    PromisedRows of = promised == null ? null : promised.get(row.kind());
    boolean right =
        isKind && row.skipReason() == 0 && (promised == null || of != null && of.row(row));
    RevisionRows named = named(row.version());
    int destination = named == null ? -1 : named.owed.revision().destination();
    judge(row, right, of == null || of.destination() < 0 ? destination : of.destination());
    if (right && row.recordedAt() < row.nominal()) {
      report(Gap.Kind.EARLY, row.version(), row.nominal(), row.nominal(), 1, row.kind(), "", null);
    }
  }

  /**
   * The next nominal times that are owed up to this one and that no row has told of yet: what has
   * to be looked up by key where rows are not read in order.
   */
  public List<Long> open(long upTo, int most) {
    List<Long> times = new ArrayList<>();
    for (RevisionRows one : revisions) {
      one.addOpen(times, upTo, most - times.size());
    }
    times.sort(null);
    return times;
  }

  /** There is no row for what is owed up to this nominal time and was not told of. */
  public void nothingUpTo(long nominal) {
    revisions.forEach(one -> one.nothingUpTo(nominal));
  }

  /** There are no more rows. */
  public void end() {
    revisions.forEach(one -> one.nothingUpTo(Long.MAX_VALUE));
    if (promised != null) {
      promised.values().forEach(PromisedRows::end);
    }
    List.copyOf(pending.keySet()).forEach(this::flush);
  }

  /** Times of a spec. */
  void report(Gap.Kind kind, Revision revision, long first, long last, long count) {
    Revision owing = kind == Gap.Kind.MISSING ? revision : null;
    report(kind, revision.version(), first, last, count, SCHEDULED, "", owing);
  }

  void report(
      Gap.Kind kind,
      long version,
      long first,
      long last,
      long count,
      int fireKind,
      String detail,
      Revision owing) {
    Gap gap =
        new Gap(kind, schedule, partition, version, first, last, count, fireKind, detail, owing);
    tally.add(gap);
    if (pending.isEmpty()) {
      pending = new EnumMap<>(Gap.Kind.class);
    }
    Gap before = pending.get(kind);
    if (before != null && !before.goesOnWith(gap)) {
      flush(kind);
      before = null;
    }
    pending.put(kind, before == null ? gap : before.with(gap));
  }

  /** A row was right: what differed before it is told, but for what goes on with this row. */
  void right(LedgerRow row, long due) {
    eye.recorded(row, due);
    boolean early = row.recordedAt() < due;
    if (!pending.isEmpty()) {
      for (Gap.Kind kind : Gap.Kind.values()) {
        if (!early || kind != Gap.Kind.EARLY) {
          flush(kind);
        }
      }
    }
  }

  private void flush(Gap.Kind kind) {
    Gap gap = pending.isEmpty() ? null : pending.remove(kind);
    if (gap != null) {
      found.accept(gap);
    }
  }
}
