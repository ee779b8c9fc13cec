package io.carillon.chaos;

import io.carillon.bench.load.WallClock;
import io.carillon.chaos.Evidence.FaultSpan;
import io.carillon.chaos.Evidence.Row;
import io.carillon.chaos.Targets.Target;
import io.carillon.chaos.Verdict.Finding;
import io.carillon.chaos.Verdict.Violation;
import io.carillon.common.fire.SkipReason;
import io.carillon.simulation.check.SkipRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whether the promise was kept. Pure: evidence in, verdict out. What must be there is computed from
 * the clients' history by the oracle; revisions in the database are not looked at.
 */
final class EvidenceCheck {

  /** Time that a fault's damage may take to be repaired. */
  static final long RECOVERY = 10_000_000;

  private final Evidence evidence;
  private final Verdict verdict = new Verdict();
  private final Map<String, List<Op>> opsOf = new TreeMap<>();
  private final Map<Long, List<Row>> rowsOf = new TreeMap<>();
  private final Map<Long, List<Op>> lives = new TreeMap<>();
  private final Map<Long, NavigableMap<Long, Target>> targetsOf = new HashMap<>();
  private final List<List<Op>> unborn = new ArrayList<>();
  private final Timeline timeline;

  private EvidenceCheck(Evidence evidence) {
    this.evidence = evidence;
    evidence.ops().forEach(op -> add(opsOf, op.schedule(), op));
    evidence.rows().forEach(row -> add(rowsOf, row.uid(), row));
    rowsOf.values().forEach(rows -> rows.sort(Comparator.comparingLong(Row::nominal)));
    opsOf.values().forEach(this::splitLives);
    timeline = new Timeline(opsOf, rowsOf, evidence);
  }

  static Verdict check(Evidence evidence) {
    EvidenceCheck check = new EvidenceCheck(evidence);
    check.compareWithTargets();
    check.checkManual();
    check.checkUnknownSchedules();
    check.checkOrder();
    new Deliveries(evidence, check.targetsOf, check::found, check.verdict).check();
    return check.verdict;
  }

  private static <K, V> void add(Map<K, List<V>> map, K key, V value) {
    map.computeIfAbsent(key, none -> new ArrayList<>()).add(value);
  }

  /** A schedule that is created anew under its id is another one. */
  private void splitLives(List<Op> ops) {
    List<Op> life = null;
    for (Op op : ops) {
      if (op.type() == Op.Type.CREATE && op.outcome() != Op.Outcome.FAILED) {
        life = new ArrayList<>();
        if (op.uid() == Op.NONE) {
          unborn.add(life);
        } else {
          lives.put(op.uid(), life);
        }
      }
      if (life != null) {
        life.add(op);
      }
    }
  }

  private void compareWithTargets() {
    long end = evidence.horizon();
    for (Row row : evidence.rows()) {
      end = Math.max(end, row.last());
    }
    for (Map.Entry<Long, List<Op>> life : lives.entrySet()) {
      NavigableMap<Long, Target> targets = Targets.of(life.getValue(), evidence.horizon(), end);
      targetsOf.put(life.getKey(), targets);
      compare(life.getKey(), life.getValue().get(0).schedule(), targets);
    }
  }

  private void compare(long uid, String schedule, NavigableMap<Long, Target> targets) {
    Set<Long> recorded = new HashSet<>();
    for (Row row : rowsOf.getOrDefault(uid, List.of())) {
      if (row.kind() != Row.SCHEDULED) {
        continue;
      }
      if (row.fired()) {
        fired(row, schedule, targets.get(row.nominal()), recorded);
      } else {
        skipped(row, schedule, targets, recorded);
      }
    }
    targets.forEach(
        (nominal, target) -> {
          if (target.must()) {
            verdict.must.merge(target.definitions().get(0).kind(), 1L, Long::sum);
            if (!recorded.contains(nominal)) {
              found(Violation.LOST, schedule, uid, nominal, "has no row");
            }
          } else {
            verdict.may++;
          }
        });
  }

  private void fired(Row row, String schedule, Target target, Set<Long> recorded) {
    verdict.fired++;
    if (!recorded.add(row.nominal())) {
      found(Violation.DUPLICATE, schedule, row.uid(), row.nominal(), "has several rows");
    }
    if (row.recorded() < row.nominal()) {
      found(Violation.EARLY, schedule, row.uid(), row.nominal(), "recorded early: " + row);
    }
    if (target == null) {
      found(Violation.PHANTOM, schedule, row.uid(), row.nominal(), "is not owed: " + row);
      return;
    }
    if (target.definitions().stream().allMatch(definition -> definition.spec().jitter() == 0)) {
      long due = Math.max(row.nominal(), target.opened());
      (inFault(due, row.recorded()) ? verdict.inside : verdict.outside)
          .recordValue(Math.max(0, row.recorded() - due));
    }
  }

  private boolean inFault(long from, long to) {
    for (FaultSpan fault : evidence.faults()) {
      if (from <= fault.end() + RECOVERY && fault.begin() <= to) {
        return true;
      }
    }
    return false;
  }

  /** A row stands for a run of times without a gap, all of one revision. */
  private void skipped(
      Row row, String schedule, NavigableMap<Long, Target> targets, Set<Long> recorded) {
    NavigableMap<Long, Target> run =
        targets.subMap(row.nominal(), true, Math.max(row.nominal(), row.last()), true);
    verdict.skipped += row.skipped();
    long must = run.values().stream().filter(Target::must).count();
    if (row.skipped() < must || row.skipped() > run.size() || !run.containsKey(row.nominal())) {
      String what = "the run has from " + must + " to " + run.size() + " times, not those of ";
      found(Violation.PHANTOM, schedule, row.uid(), row.nominal(), what + row);
    }
    for (Map.Entry<Long, Target> skip : run.entrySet()) {
      if (!recorded.add(skip.getKey())) {
        found(Violation.DUPLICATE, schedule, row.uid(), skip.getKey(), "has several rows");
      }
      if (skip.getValue().definitions().stream().noneMatch(it -> allows(it, row, targets))) {
        String what = "its policy does not skip it so: " + row;
        found(Violation.SILENTLY_SKIPPED, schedule, row.uid(), skip.getKey(), what);
      }
    }
  }

  private static boolean allows(
      Definition definition, Row row, NavigableMap<Long, Target> targets) {
    return SkipRule.allows(
        SkipReason.ofCode(row.reason()),
        definition.catchUp(),
        row.last(),
        row.recorded() + Evidence.CLOCKS_DRIFT,
        () -> targets.subMap(row.last(), false, row.recorded(), true).size());
  }

  /** Each trigger that was answered has its row, and no other row is beside the spec. */
  private void checkManual() {
    for (Map.Entry<Long, List<Op>> life : lives.entrySet()) {
      String schedule = life.getValue().get(0).schedule();
      Map<Long, Row> rows = new TreeMap<>();
      for (Row row : rowsOf.getOrDefault(life.getKey(), List.of())) {
        if (row.kind() != Row.SCHEDULED && rows.put(row.nominal(), row) != null) {
          found(Violation.DUPLICATE, schedule, row.uid(), row.nominal(), "has several rows");
        }
      }
      verdict.manual += rows.size();
      TreeSet<Long> unanswered = new TreeSet<>();
      for (Op op : life.getValue()) {
        if (op.type() != Op.Type.TRIGGER) {
          continue;
        }
        if (op.outcome() == Op.Outcome.UNKNOWN) {
          unanswered.add(op.invoked() - Targets.CLOCKS_APART);
        } else if (op.outcome() == Op.Outcome.OK && rows.remove(op.nominal()) == null) {
          found(Violation.LOST, schedule, life.getKey(), op.nominal(), "was triggered: " + op);
        }
      }
      for (Row row : rows.values()) {
        // Each call that was not answered explains one row, after it.
        Long call = row.kind() == Row.MANUAL ? unanswered.floor(row.nominal()) : null;
        if (call == null || !unanswered.remove(call)) {
          found(Violation.PHANTOM, schedule, row.uid(), row.nominal(), "nobody requested " + row);
        }
      }
    }
  }

  /**
   * Rows of schedules that no client was answered about can only be of creations without an answer.
   */
  private void checkUnknownSchedules() {
    long uids = 0;
    for (Map.Entry<Long, List<Row>> rows : rowsOf.entrySet()) {
      if (!lives.containsKey(rows.getKey()) && ++uids > unborn.size()) {
        Row first = rows.getValue().get(0);
        found(Violation.PHANTOM, "?", first.uid(), first.nominal(), "nobody created it: " + first);
      }
    }
  }

  private void checkOrder() {
    List<Row> log = new ArrayList<>(evidence.rows());
    log.sort(Comparator.comparingLong(Row::seq));
    Map<Integer, Row> latest = new HashMap<>();
    long seq = Long.MIN_VALUE;
    for (Row row : log) {
      if (row.seq() == seq) {
        found(Violation.DUPLICATE, "?", row.uid(), row.nominal(), "shares its seq: " + row);
      }
      seq = row.seq();
      Row before = latest.put(row.partition(), row);
      if (before != null && before.epoch() > row.epoch()) {
        String what = "recorded under an epoch that was over: " + row + " after " + before;
        found(Violation.STALE_EPOCH, scheduleOf(row.uid()), row.uid(), row.nominal(), what);
      }
    }
  }

  private String scheduleOf(long uid) {
    List<Op> life = lives.get(uid);
    return life == null ? "?" : life.get(0).schedule();
  }

  private void found(Violation violation, String schedule, long uid, long nominal, String what) {
    verdict.counts.merge(violation, 1L, Long::sum);
    if (verdict.findings.size() < Verdict.SHOWN) {
      String name = schedule + " (uid " + uid + ") at " + WallClock.show(nominal) + " " + what;
      verdict.findings.add(new Finding(violation, name, timeline.around(schedule, uid, nominal)));
    }
  }
}
