package io.carillon.master.core;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;

/**
 * What a schedule is between two mutations: owes every nominal time that is due in {@code
 * (validFrom, validTo]}.
 *
 * @param validFrom may lie in the future: a pause with an end
 * @param validTo before validFrom if it was closed before it began, and so owes nothing
 * @param spec canonical text
 * @param nominalAfter nominal times up to this one belong to the revision before, though with their
 *     jitter they may be due after {@code validFrom}
 * @param closedBy version of the mutation that closed it; 0 while it is open
 */
public record Revision(
    long schedule,
    long version,
    long validFrom,
    long validTo,
    long closedBy,
    String spec,
    Occurrences times,
    CatchUp catchUp,
    int destination,
    long nominalAfter) {

  /** {@link #validTo} of a revision that nothing has closed. */
  public static final long OPEN = Long.MAX_VALUE;

  Revision closedAt(long micros, long byVersion) {
    return new Revision(
        schedule,
        version,
        validFrom,
        micros,
        byVersion,
        spec,
        times,
        catchUp,
        destination,
        nominalAfter);
  }

  /**
   * After which time it owes, given what is recorded of its partition: the watermark speaks only
   * for versions up to the applied one.
   */
  public long owesAfter(long watermark, long applied) {
    return version <= applied ? Math.max(watermark, validFrom) : validFrom;
  }

  /** The nominal time that is due then, or {@link Occurrences#NEVER_BEFORE} if none is. */
  long nominalDueAt(long due) {
    if (times.jitterMicros() == 0) {
      return times.matches(due) ? due : Occurrences.NEVER_BEFORE;
    }
    long nominal = times.nominalDueBy(schedule, due);
    return nominal != Occurrences.NEVER_BEFORE && times.dueOf(schedule, nominal) == due
        ? nominal
        : Occurrences.NEVER_BEFORE;
  }

  /**
   * Of a closed one: {@link Mutation.Content#ownedUpTo} of what comes after it. Without jitter it
   * owned all up to its end, so there is no need to search.
   */
  public long handsOn() {
    return times.jitterMicros() == 0 ? Mutation.Content.UNKNOWN : ownsUpTo();
  }

  /** Of a closed one: nominal times up to this one are its own, or those of revisions before. */
  private long ownsUpTo() {
    long last =
        validTo > validFrom ? times.nominalDueBy(schedule, validTo) : Occurrences.NEVER_BEFORE;
    return last > nominalAfter && times.dueOf(schedule, last) > validFrom ? last : nominalAfter;
  }

  boolean owes(long watermark, long applied) {
    return owesAfter(watermark, applied) < validTo;
  }
}
