package io.carillon.master.core.ledger;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.Revision;

/**
 * The nominal times that a revision owes, and those among them that are asked for. Due times decide
 * what it owes, but as they rise with the nominal ones that is a range of nominal times.
 *
 * @param begin it owes no time up to this one
 * @param end it owes no time after this one, or none that is settled
 * @param after asked for are the times after this one, which is not before {@code begin}
 * @param upTo up to this one, which is not after {@code end}
 */
public record Owed(Revision revision, long begin, long end, long after, long upTo) {

  /** Of what is settled, the nominal times in {@code (after, upTo]}. */
  public static Owed ofNominals(Revision revision, Settled settled, long after, long upTo) {
    long begin = begin(revision);
    long end = end(revision, settled);
    return new Owed(revision, begin, end, Math.max(begin, after), Math.min(end, upTo));
  }

  /**
   * Of what is settled, the times due up to {@code upTo} that an earlier look at the partition has
   * not seen.
   *
   * @param seen how far that look went, as a watermark and the versions that it speaks for
   */
  public static Owed ofDue(Revision revision, Settled settled, Settled seen, long upTo) {
    long begin = begin(revision);
    long end = end(revision, settled);
    long after = unseenAfter(revision, seen, begin);
    return new Owed(revision, begin, end, after, Math.min(end, dueBy(revision, upTo, begin)));
  }

  /** The nominal times up to here are not owed, or were seen by a look that went so far. */
  private static long unseenAfter(Revision revision, Settled seen, long begin) {
    return revision.version() <= seen.appliedVersion() && seen.watermark() > revision.validFrom()
        ? Math.max(begin, dueBy(revision, seen.watermark(), begin))
        : begin;
  }

  /**
   * The first nominal time that the revision may owe and that a look has not seen: no later look
   * that ends before it asks for anything of it. {@link Occurrences#NEVER} if there is none.
   *
   * @param revision of a version that the look speaks for
   */
  static long nextUnseen(Revision revision, Settled seen) {
    if (revision.validTo() <= Math.max(revision.validFrom(), seen.watermark())) {
      return Occurrences.NEVER;
    }
    long next = revision.times().nextAfter(unseenAfter(revision, seen, begin(revision)));
    return next > revision.validTo() ? Occurrences.NEVER : next;
  }

  private static long begin(Revision revision) {
    // Where nothing is due by then, the first that is due later may still be nominally earlier.
    long none = revision.validFrom() - revision.times().jitterMicros() - 1;
    return Math.max(revision.nominalAfter(), dueBy(revision, revision.validFrom(), none));
  }

  private static long end(Revision revision, Settled settled) {
    long last = Math.min(revision.validTo(), settled.watermark());
    return revision.version() <= settled.appliedVersion() && last > revision.validFrom()
        ? dueBy(revision, last, Occurrences.NEVER_BEFORE)
        : Occurrences.NEVER_BEFORE;
  }

  private static long dueBy(Revision revision, long micros, long none) {
    if (revision.times().jitterMicros() == 0) {
      return micros;
    }
    long nominal = revision.times().nominalDueBy(revision.schedule(), micros);
    return nominal == Occurrences.NEVER_BEFORE ? none : nominal;
  }

  public boolean isEmpty() {
    return after >= upTo;
  }

  /** How many nominal times are asked for: by counting, not by walking over them. */
  public long count() {
    return isEmpty() ? 0 : revision.times().count(after, upTo);
  }

  /** Whether it owes what lies between two nominal times, these included. */
  boolean owns(long first, long last) {
    return first > begin && last <= end;
  }
}
