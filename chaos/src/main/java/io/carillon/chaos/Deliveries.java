package io.carillon.chaos;

import io.carillon.chaos.Evidence.Received;
import io.carillon.chaos.Evidence.Row;
import io.carillon.chaos.Targets.Target;
import io.carillon.chaos.Verdict.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/** What subscribers saw, against the ledger. Part of the checker, and as pure. */
final class Deliveries {

  private final Evidence evidence;
  private final Map<Long, NavigableMap<Long, Target>> targetsOf;
  private final Verdict.Finder finder;
  private final Verdict verdict;
  private final Map<String, Row> fired = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final Set<String> acked = new HashSet<>();
  private final Map<String, String> idOfTime = new HashMap<>();

  Deliveries(
      Evidence evidence,
      Map<Long, NavigableMap<Long, Target>> targetsOf,
      Verdict.Finder finder,
      Verdict verdict) {
    this.evidence = evidence;
    this.targetsOf = targetsOf;
    this.finder = finder;
    this.verdict = verdict;
    for (Row row : evidence.rows()) {
      if (row.fired()) {
        fired.put(row.fireId(), row);
      }
    }
  }

  void check() {
    evidence.received().forEach(this::check);
    fired.forEach(
        (id, row) -> {
          if (!acked.contains(id) && !evidence.undeliverable().contains(id)) {
            String what = (seen.contains(id) ? "never acknowledged: " : "never received: ") + row;
            finder.found(Violation.UNDELIVERED, "?", row.uid(), row.nominal(), what);
          }
        });
  }

  private void check(Received received) {
    verdict.deliveries++;
    if (!seen.add(received.fireId())) {
      verdict.redeliveries++;
    }
    if (received.acked()) {
      acked.add(received.fireId());
    }
    Row row = fired.get(received.fireId());
    long uid = row == null ? Op.NONE : row.uid();
    if (row == null || !row.destination().equals(received.destination())) {
      report(Violation.GHOST, uid, received, "is not in the ledger for this destination");
      return;
    }
    if (received.at() < received.nominal() - Evidence.CLOCKS_DRIFT) {
      report(Violation.EARLY, uid, received, "received before its time");
    }
    String time = received.schedule() + received.nominal() + received.manual();
    String other = idOfTime.putIfAbsent(time, received.fireId());
    if (other != null && !other.equals(received.fireId())) {
      report(Violation.DUPLICATE, uid, received, "came as " + other + " too");
    }
    NavigableMap<Long, Target> targets = targetsOf.get(uid);
    Target target = targets == null ? null : targets.get(received.nominal());
    if (!received.manual()
        && target != null
        && target.definitions().stream().noneMatch(it -> it.number() == received.definition())) {
      report(Violation.PHANTOM, uid, received, "came with what did not owe it then");
    }
  }

  private void report(Violation violation, long uid, Received received, String what) {
    finder.found(violation, received.schedule(), uid, received.nominal(), what + ": " + received);
  }
}
