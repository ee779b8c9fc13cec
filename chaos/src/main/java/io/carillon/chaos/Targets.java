package io.carillon.chaos;

import io.carillon.simulation.oracle.PlainTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The nominal times that one schedule must have in the ledger, and those that it may have; all
 * others are forbidden. Found from what its client was answered, and from nothing else.
 */
final class Targets {

  /** How far the reference clock and cluster time may lie apart, where only the former is known. */
  static final long CLOCKS_APART = 500_000;

  private static final long NEVER = Long.MAX_VALUE;

  /**
   * A time that is owed.
   *
   * @param opened since when it was known: what a resume makes up for cannot have fired before
   */
  record Target(boolean must, long opened, List<Definition> definitions) {}

  /**
   * Definition in force: from a time on (exclusive) that lies in {@code [fromLow, fromHigh]}, to
   * one (inclusive) that lies in {@code [toLow, toHigh]}.
   */
  private record Segment(
      Definition definition, long fromLow, long fromHigh, long toLow, long toHigh, long opened) {
    Segment closed(long low, long high) {
      return new Segment(
          definition, fromLow, fromHigh, Math.min(toLow, low), Math.min(toHigh, high), opened);
    }
  }

  private final List<Segment> segments = new ArrayList<>();
  private Segment open;
  private Definition definition;
  private long pausedSince = Op.NONE;
  private long pausedUntil = Op.NONE;
  private boolean pauseUncertain;

  private Targets() {}

  /**
   * @param ops of one life of a schedule, from its creation to its deletion, in order
   * @param horizon what is due up to here is recorded
   * @param end no row has a later nominal time
   */
  static NavigableMap<Long, Target> of(List<Op> ops, long horizon, long end) {
    Targets life = new Targets();
    for (Op op : ops) {
      life.follow(op);
    }
    if (life.open != null) {
      life.segments.add(life.open);
    }
    NavigableMap<Long, Target> targets = new TreeMap<>();
    life.segments.forEach(segment -> expand(segment, horizon, end, targets));
    return targets;
  }

  private void follow(Op op) {
    if (op.type() == Op.Type.TRIGGER || op.outcome() == Op.Outcome.FAILED) {
      return;
    }
    if (op.outcome() == Op.Outcome.UNKNOWN) {
      unknown(op);
      return;
    }
    boolean exact = op.effective() != Op.NONE;
    long low = exact ? op.effective() : op.invoked() - CLOCKS_APART;
    long high = exact ? op.effective() : op.ended() + CLOCKS_APART;
    // It names the version that it changes, so what had no answer is settled by now.
    segments.replaceAll(it -> it.toHigh() == NEVER ? it.closed(it.toLow(), high) : it);
    switch (op.type()) {
      case CREATE -> {
        definition = op.definition();
        open(low, high, high);
      }
      case UPDATE -> {
        definition = op.definition();
        boolean fires = open != null;
        close(low, high);
        if (fires) {
          long from = pausedUntil == Op.NONE ? low : Math.max(low, pausedUntil);
          open(from, Math.max(from, high), high);
        }
      }
      case PAUSE -> {
        close(low, high);
        pausedSince = low;
        pausedUntil = op.until();
        pauseUncertain = !exact;
        if (pausedUntil != Op.NONE) {
          open(Math.max(low, pausedUntil), Math.max(high, pausedUntil), high);
        }
      }
      case RESUME -> resume(op, low, high);
      case DELETE -> close(low, high);
      default -> throw new IllegalStateException(op.toString());
    }
  }

  private void resume(Op op, long low, long high) {
    // If the pause ended by itself just then, what it left is owned already.
    boolean overtaken = pausedUntil != Op.NONE && pausedUntil < high;
    close(low, high);
    long from = op.catchUp() ? pausedSince : low;
    boolean exact = !overtaken && !pauseUncertain && op.catchUp();
    open(from, exact ? from : high, high);
    pausedUntil = Op.NONE;
  }

  /** Both what was and what may be are possible from the call on. */
  private void unknown(Op op) {
    long low = op.invoked() - CLOCKS_APART;
    close(low, NEVER);
    if (op.definition() != null) {
      definition = op.definition();
    }
    if (op.type() == Op.Type.PAUSE) {
      pausedSince = low;
      pauseUncertain = true;
    }
    if (op.type() != Op.Type.DELETE && definition != null) {
      long from = op.type() == Op.Type.RESUME && op.catchUp() ? pausedSince : low;
      open(from, NEVER, low);
    }
  }

  private void open(long low, long high, long opened) {
    open = new Segment(definition, low, high, NEVER, NEVER, opened);
  }

  private void close(long low, long high) {
    if (open != null) {
      segments.add(open.closed(low, high));
      open = null;
    }
  }

  /** With jitter a time may be due up to that much later, and what is due decides who owns it. */
  private static void expand(
      Segment segment, long horizon, long end, NavigableMap<Long, Target> targets) {
    long jitter = segment.definition().spec().jitter();
    long to = Math.min(segment.toHigh(), end);
    List<Definition> alone = List.of(segment.definition());
    for (long nominal :
        PlainTimes.of(segment.definition().spec(), segment.fromLow() - jitter + 1, to + 1)) {
      boolean must =
          nominal > segment.fromHigh()
              && nominal + jitter <= segment.toLow()
              && nominal + jitter <= horizon;
      List<Definition> definitions = alone;
      Target before = targets.get(nominal);
      if (before != null) {
        definitions = new ArrayList<>(before.definitions());
        definitions.add(segment.definition());
      }
      targets.put(
          nominal,
          new Target(
              must || before != null && before.must(),
              before == null ? segment.opened() : Math.min(before.opened(), segment.opened()),
              definitions));
    }
  }
}
