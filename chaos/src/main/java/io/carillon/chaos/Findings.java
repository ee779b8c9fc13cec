package io.carillon.chaos;

import io.carillon.bench.report.Report;
import io.carillon.chaos.Evidence.FaultSpan;
import io.carillon.chaos.Op.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Verdict and non-vacuity as checks of a report. */
final class Findings {

  /**
   * What shows that the faults reached the cluster's defences.
   *
   * @param fenced writes refused by a fence
   * @param retried commits that had to be tried again, their outcome being unknown at first
   * @param leaderships how much the leader epoch rose
   * @param reconnects of subscribers
   */
  record Bites(long fenced, long retried, long leaderships, long reconnects) {}

  /**
   * Who wakes after a pause learns of its end from its closed connection, or from a fence,
   * whichever comes first. So one pause proves nothing; that each of several misses the fence is
   * unlikely.
   */
  private static final int PAUSES_THAT_MEET_A_FENCE = 4;

  private final Evidence evidence;
  private final Verdict verdict;
  private final List<FaultKind> kinds;

  Findings(Evidence evidence, Verdict verdict, List<FaultKind> kinds) {
    this.evidence = evidence;
    this.verdict = verdict;
    this.kinds = kinds;
  }

  void write(Report report, Bites bites) {
    verdict.counts.forEach(
        (violation, count) ->
            report.check(
                violation.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                count == 0,
                "%d",
                count));
    verdict.findings.forEach(finding -> report.note("%s", finding));
    faults(report);
    verdict.must.forEach(
        (kind, count) -> report.check("owed by " + kind, count > 0, "%d nominal times", count));
    boolean struck = kinds.stream().anyMatch(Findings::endsLeaderships);
    report.check(
        "a leader followed another", !struck || bites.leaderships() > 0, "%d", bites.leaderships());
    boolean fences = pauses() >= PAUSES_THAT_MEET_A_FENCE;
    report.check("a fence refused a write", !fences || bites.fenced() > 0, "%d", bites.fenced());
    boolean unknown = kinds.contains(FaultKind.TERMINATE_COMMITS);
    report.check(
        "a commit's outcome was unknown", !unknown || bites.retried() > 0, "%d", bites.retried());
    figures(report, bites);
  }

  private long pauses() {
    return evidence.faults().stream()
        .filter(FaultSpan::bit)
        .map(FaultSpan::kind)
        .filter(
            kind ->
                kind.equals(FaultKind.PAUSE_NODE.word())
                    || kind.equals(FaultKind.PAUSE_LEADER.word()))
        .count();
  }

  private static boolean endsLeaderships(FaultKind kind) {
    return switch (kind) {
      case KILL_LEADER, KILL_LEADERS_IN_A_ROW, TERM_LEADER -> true;
      default -> false;
    };
  }

  private void faults(Report report) {
    Map<String, List<FaultSpan>> byKind = new TreeMap<>();
    kinds.forEach(kind -> byKind.put(kind.word(), new java.util.ArrayList<>()));
    evidence.faults().forEach(span -> byKind.get(span.kind()).add(span));
    byKind.forEach(
        (kind, spans) -> {
          long bit = spans.stream().filter(FaultSpan::bit).count();
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("fault", kind);
          row.put("times", spans.size());
          row.put("seen to bite", bit);
          row.put(
              "for instance",
              spans.stream()
                  .filter(FaultSpan::bit)
                  .findFirst()
                  .map(span -> span.target() + ": " + span.proof())
                  .orElse("-"));
          report.row(row);
          report.check(kind + " bit", bit > 0, "%d of %d times", bit, spans.size());
        });
  }

  private void figures(Report report, Bites bites) {
    report.figure("nominal times owed", verdict.mustTotal());
    report.figure("that may be there", verdict.may);
    report.figure("fired", verdict.fired);
    report.figure("skipped, as their policy says", verdict.skipped);
    report.figure("triggered", verdict.manual);
    report.figure("delivered", verdict.deliveries);
    report.figure("of these again", verdict.redeliveries);
    report.figure("subscribers' reconnections", bites.reconnects());
    for (Outcome outcome : Outcome.values()) {
      report.figure(
          "calls " + outcome,
          evidence.ops().stream().filter(op -> op.outcome() == outcome).count());
    }
    Map<String, Integer> refusals = new TreeMap<>();
    for (Op op : evidence.ops()) {
      if (op.outcome() == Outcome.FAILED) {
        refusals.merge(op.type() + " " + op.said().replaceAll("[^A-Z_].*", ""), 1, Integer::sum);
      }
    }
    report.figure("refused", refusals.toString());
    lateness(report, "lateness outside of faults", verdict.outside);
    lateness(report, "lateness in faults and 10 s after", verdict.inside);
  }

  private static void lateness(Report report, String name, Histogram micros) {
    report.figure(
        name + ", ms",
        String.format(
            java.util.Locale.ROOT,
            "p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f of %d",
            micros.getValueAtPercentile(50) / 1000.0,
            micros.getValueAtPercentile(99) / 1000.0,
            micros.getValueAtPercentile(99.9) / 1000.0,
            micros.getMaxValue() / 1000.0,
            micros.getTotalCount()));
  }
}
