package io.carillon.master.core.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decides what of a destination is made durable, and when: as soon as something is acknowledged or
 * set aside, and soon after fires were sent, so that the next leader knows of the attempt.
 */
final class Settler {

  /** A cursor that moves without acknowledgements, over fires of others. */
  private static final long LAZY_CURSOR_MICROS = 5_000_000;

  /** An attempt that is not acknowledged by then is stored. */
  static final long ATTEMPT_MICROS = 250_000;

  /** A long progress is written less often: so many stretches at most in each such time. */
  private static final int STRETCHES = 10_000;

  private static final long STRETCHES_MICROS = 100_000;

  private static final long NEVER = Long.MAX_VALUE;

  /** What a settlement under way is made of: its parts end differently. */
  private record Underway(
      Settlement settlement,
      List<ParkedRow> ofWindow,
      List<ParkedRow> ofRedeliveries,
      List<ParkedRow> attempts,
      List<ParkedRow> stragglers) {}

  private final int destination;
  private final DeliveryLimits limits;
  private final LogFeed feed;
  private final Earlier earlier;
  private final Window window;
  private final Redeliveries redeliveries;
  private long cursor;
  private long settledCursor;
  private long settledAt;
  private long notBefore = Long.MIN_VALUE;
  private boolean acked;
  private long sentSince = NEVER;
  private Underway underway;
  private boolean again;

  Settler(
      int destination,
      DeliveryLimits limits,
      LogFeed feed,
      Earlier earlier,
      Window window,
      Redeliveries redeliveries,
      long cursor,
      long now) {
    this.destination = destination;
    this.limits = limits;
    this.feed = feed;
    this.earlier = earlier;
    this.window = window;
    this.redeliveries = redeliveries;
    this.cursor = cursor;
    this.settledCursor = cursor;
    this.settledAt = now;
  }

  /** Everything up to here is acknowledged or durably parked. */
  long cursor() {
    return settledCursor;
  }

  void acked() {
    acked = true;
  }

  void sent(long now) {
    sentSince = Math.min(sentSince, now);
  }

  /** Nothing is to be made durable, now or later, if nothing happens. */
  boolean isIdle() {
    return underway == null && !acked && sentSince == NEVER && cursor == settledCursor;
  }

  /**
   * What is to be made durable now, or null; it is then under way until told how it went.
   *
   * @param alone nobody is there any more: nothing is worth waiting for
   */
  Settlement wanted(long now, long logEnd, boolean alone) {
    if (again) {
      again = false;
      return underway.settlement();
    }
    if (underway != null || (now < notBefore && !alone)) {
      return null;
    }
    List<ParkedRow> ofWindow = new ArrayList<>();
    List<ParkedRow> ofRedeliveries = new ArrayList<>();
    List<ParkedRow> attempts = new ArrayList<>();
    List<ParkedRow> stragglers = new ArrayList<>();
    window.collect(ofWindow, limits.settlement());
    redeliveries.collect(ofRedeliveries, limits.settlement());
    if (redeliveries.isUnstored(now, alone ? 0 : ATTEMPT_MICROS)) {
      redeliveries.collectAttempts(attempts, limits.settlement(), now);
    }
    List<Long> settled = redeliveries.collectAcked(limits.settlement());
    if (window.size() > limits.window() / 2 && window.done() > window.size() / 4) {
      int room = limits.window() / 2 - redeliveries.adopted();
      window.collectStragglers(stragglers, Math.min(limits.settlement(), room));
    }
    long[] leaving = seqs(ofWindow, stragglers);
    moveCursor(leaving, logEnd);
    List<ParkedRow> parked = new ArrayList<>(ofWindow);
    parked.addAll(ofRedeliveries);
    parked.addAll(attempts);
    parked.addAll(stragglers);
    if (parked.isEmpty() && settled.isEmpty() && !isDue(now, alone)) {
      return null;
    }
    Progress progress = progress(leaving);
    acked = false;
    sentSince = NEVER;
    settledAt = now;
    notBefore = now + progress.size() / STRETCHES * STRETCHES_MICROS;
    Settlement settlement = new Settlement(destination, cursor, progress, parked, settled);
    underway = new Underway(settlement, ofWindow, ofRedeliveries, attempts, stragglers);
    redeliveries.expect(ofWindow);
    redeliveries.expect(stragglers);
    return settlement;
  }

  private boolean isDue(long now, boolean alone) {
    if (alone) {
      return acked || sentSince != NEVER || cursor > settledCursor;
    }
    return acked
        || (sentSince != NEVER && now - sentSince >= ATTEMPT_MICROS)
        || (cursor > settledCursor && now - settledAt >= LAZY_CURSOR_MICROS);
  }

  private static long[] seqs(List<ParkedRow> some, List<ParkedRow> others) {
    long[] seqs = new long[some.size() + others.size()];
    int n = 0;
    for (ParkedRow row : some) {
      seqs[n++] = row.seq();
    }
    for (ParkedRow row : others) {
      seqs[n++] = row.seq();
    }
    Arrays.sort(seqs);
    return seqs;
  }

  private void moveCursor(long[] leaving, long logEnd) {
    feed.next(logEnd);
    window.trim();
    cursor = Math.max(cursor, window.cursorWith(leaving, feed.taken()));
  }

  private Progress progress(long[] leaving) {
    Progress.Builder progress = new Progress.Builder();
    window.describe(cursor, leaving, progress);
    earlier.describe(Math.max(cursor, feed.taken()), progress);
    return progress.build();
  }

  /** The settlement under way is durable. */
  void settled() {
    for (ParkedRow row : underway.ofWindow()) {
      int slot = window.find(row.seq());
      if (slot < 0) {
        redeliveries.unpark(row.seq());
        continue;
      }
      window.finish(slot);
      if (!row.dead()) {
        redeliveries.note(row.nextMicros());
      }
    }
    redeliveries.settled(
        underway.ofRedeliveries(), underway.attempts(), underway.settlement().settled());
    for (ParkedRow row : underway.stragglers()) {
      int slot = window.find(row.seq());
      if (slot < 0) {
        redeliveries.unpark(row.seq());
      } else {
        redeliveries.adopt(window, slot, row.attempts());
        window.finish(slot);
      }
    }
    redeliveries.arrived();
    settledCursor = underway.settlement().cursor();
    underway = null;
    window.trim();
  }

  /** The settlement under way was not made, as far as is known: the next one is the same. */
  void failed() {
    again = true;
  }
}
