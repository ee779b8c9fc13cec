package io.carillon.simulation.store;

import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Schedules, their names, the requests that made them, and their revisions. */
public final class ScheduleTables {

  /** A revision, and where it is. */
  public record StoredRevision(int partition, Revision revision) {}

  private final TreeMap<Long, StoredRow> schedules = new TreeMap<>();
  private final TreeMap<String, Long> names = new TreeMap<>();
  private final TreeMap<String, Long> requests = new TreeMap<>();
  private final TreeMap<Long, TreeMap<Long, StoredRevision>> revisions = new TreeMap<>();
  private long numbers;

  /** Why mutations of one transaction cannot be stored; empty if they can. */
  String refusal(List<Planned> all) {
    Set<String> made = new TreeSet<>();
    for (Planned planned : all) {
      StoredRow before = schedules.get(planned.mutation().schedule());
      String name = planned.mutation().after().id();
      if (planned.mutation().expectedVersion() == 0) {
        // Two of one transaction may be the same.
        if (before != null || names.containsKey(name) || !made.add(name)) {
          return "SCHEDULE_EXISTS";
        }
        if (requests.containsKey(planned.mutation().requestId())) {
          return "REQUEST_ID_REUSED";
        }
      } else if (before == null || before.version() != planned.mutation().expectedVersion()) {
        return "VERSION_CONFLICT";
      }
    }
    return "";
  }

  /** Of groups that cannot be stored together those that the first reason is of. */
  List<PlannedGroup> refused(List<PlannedGroup> groups) {
    List<PlannedGroup> refused = new ArrayList<>();
    List<Planned> stored = new ArrayList<>();
    String reason = "";
    for (PlannedGroup group : groups) {
      List<Planned> with = new ArrayList<>(stored);
      with.addAll(group.planned());
      String refusal = refusal(with);
      if (refusal.isEmpty()) {
        stored = with;
      } else if (reason.isEmpty() || refusal.equals(reason)) {
        reason = refusal;
        refused.add(group);
      }
    }
    return refused;
  }

  void store(Planned planned) {
    long num = planned.mutation().schedule();
    int partition = planned.mutation().partition();
    String name = planned.mutation().after().id();
    String requestId = planned.mutation().requestId();
    if (planned.mutation().expectedVersion() == 0 && !requestId.isEmpty()) {
      requests.put(requestId, num);
    }
    schedules.put(num, new StoredRow(planned));
    if (planned.mutation().deletes()) {
      names.remove(name);
    } else {
      names.put(name, num);
    }
    TreeMap<Long, StoredRevision> of = revisions.computeIfAbsent(num, n -> new TreeMap<>());
    for (Revision revision : new Revision[] {planned.closed(), planned.opened()}) {
      if (revision != null) {
        of.put(revision.version(), new StoredRevision(partition, revision));
      }
    }
  }

  boolean isWritten(Planned planned) {
    StoredRow row = schedules.get(planned.mutation().schedule());
    return row != null && row.version() == planned.version();
  }

  void load(MasterCore core) {
    for (StoredRow row : schedules.values()) {
      core.restoreSchedule(row.num(), row.partition(), row.version(), row.deleted());
    }
  }

  /** The revisions of each schedule, by version. */
  public List<List<StoredRevision>> bySchedule() {
    List<List<StoredRevision>> all = new ArrayList<>();
    revisions.values().forEach(of -> all.add(List.copyOf(of.values())));
    return all;
  }

  /** All of them, by schedule and version. */
  List<StoredRevision> revisions() {
    List<StoredRevision> all = new ArrayList<>();
    revisions.values().forEach(of -> all.addAll(of.values()));
    return all;
  }

  /** The revisions of a partition that are open, by schedule. */
  public List<Revision> open(int partition) {
    List<Revision> open = new ArrayList<>();
    for (StoredRevision stored : revisions()) {
      if (stored.partition() == partition && stored.revision().validTo() == Revision.OPEN) {
        open.add(stored.revision());
      }
    }
    return open;
  }

  /** A schedule number that was never given before. */
  public long newNum() {
    return ++numbers;
  }

  public StoredRow of(long num) {
    return schedules.get(num);
  }

  /** What an earlier create with that id made, deleted or not; null if there was none. */
  public StoredRow madeBy(String requestId) {
    Long num = requests.get(requestId);
    return num == null ? null : schedules.get(num);
  }

  /** The schedule of a name that is not deleted, or null. */
  public StoredRow named(String name) {
    Long num = names.get(name);
    return num == null ? null : schedules.get(num);
  }

  /** The revisions of a schedule, by version. */
  public Map<Long, StoredRevision> revisions(long schedule) {
    return revisions.getOrDefault(schedule, new TreeMap<>());
  }
}
