package io.carillon.master.store.schedules;

import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.store.lead.Requests;

/**
 * What a mutation stores, beside what the core knows of it.
 *
 * @param after the schedule as the mutation leaves it; versions and times are filled in as it is
 *     planned
 * @param newContent whether {@code after} has other content (spec, destination, payload …) than
 *     before
 * @param requestId of the request that asked for it; empty if it has none
 * @param fingerprint of the request with that id
 */
public record ScheduleWrite(
    StoredSchedule after, boolean newContent, String requestId, byte[] fingerprint) {

  public static ScheduleWrite of(StoredSchedule after, boolean newContent) {
    return new ScheduleWrite(after, newContent, "", new byte[0]);
  }

  /** The same, noted with the request that asked for it. */
  public ScheduleWrite by(Requests.Request request) {
    return new ScheduleWrite(after, newContent, request.id(), request.fingerprint());
  }

  /** The schedule as the planned mutation leaves it. */
  public static StoredSchedule result(Planned planned) {
    ScheduleWrite write = (ScheduleWrite) planned.mutation().write();
    return write
        .after()
        .at(
            planned.version(),
            write.storesRevision(planned) ? planned.version() : write.after().revisionVersion(),
            planned.effective());
  }

  /** Whether it comes with a revision: one that it opens, or one that only keeps the content. */
  boolean storesRevision(Planned planned) {
    return newContent || planned.opened() != null;
  }
}
