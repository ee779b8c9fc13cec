package io.carillon.master.verification;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.ledger.Tally;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.cluster.ClusterStore.Lead;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LedgerScan.Recorded;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import io.carillon.master.store.sql.Database;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the leader or a node fail and measures from the ledger what it cost. Belongs to the process,
 * not to a leadership, as it outlives the one that it ends; on its caller's thread.
 */
public final class FailoverDrill {

  private static final Logger log = LoggerFactory.getLogger(FailoverDrill.class);
  private static final long POLL_MILLIS = 20;

  private final LedgerScan scan;
  private final ClusterStore cluster;
  private final TimeSource time;
  private final Leads leads;
  private final AtomicBoolean running = new AtomicBoolean();

  /** What a drill does to the cluster. */
  public interface Leads {
    /** The leadership of this process ends, in order or as if it had died; the process lives. */
    CompletableFuture<String> resign(boolean inOrder);

    /** The node is held to be lost. An answer that is not empty says why not. */
    CompletableFuture<String> loseNode(String node);

    /** The node hands over its partitions, or may have some again. Answers as {@link #loseNode}. */
    CompletableFuture<String> restNode(String node, boolean resting);
  }

  /**
   * What it cost. Times are cluster times, in microseconds.
   *
   * @param movedPartitions that changed their owner, those that are back by now too
   */
  public record Outcome(
      long start,
      long recovered,
      DrillMeasure.Cost cost,
      Tally tally,
      int movedPartitions,
      Lead before,
      Lead after) {}

  /** A drill that did not come to its end; the message is its reason, in upper case. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String reason) {
      super(reason);
    }
  }

  public FailoverDrill(
      Database database, Function<String, Occurrences> specs, TimeSource time, Leads leads) {
    this.scan = new LedgerScan(database, specs);
    this.cluster = new ClusterStore(database);
    this.time = time;
    this.leads = leads;
  }

  /**
   * Performs a drill and waits for its end.
   *
   * @param node null: the leader
   * @param lateAfter a fire recorded later than this after it was due counts as late
   * @throws RefusedException DRILL_RUNNING, TIMEOUT, or why the node or leader cannot fail now
   */
  public Outcome run(String node, boolean inOrder, long lateAfter, long timeoutMicros)
      throws InterruptedException {
    if (!running.compareAndSet(false, true)) {
      throw new RefusedException("DRILL_RUNNING");
    }
    boolean resting = false;
    try {
      Lead before = cluster.lead();
      TreeMap<Integer, Recorded> owners = scan.snapshot(Snapshot::partitions);
      long start = time.nowMicros();
      long deadline = start + timeoutMicros;
      log.info(
          "a drill begins: {} fails{}",
          node == null ? "the leader" : node,
          inOrder ? " in order" : "");
      if (node == null) {
        demand(leads.resign(inOrder));
      } else if (inOrder) {
        demand(leads.restNode(node, true));
        resting = true;
      } else {
        demand(leads.loseNode(node));
      }
      long failed = time.nowMicros();
      // Without another node its partitions stay its own: it has them again when it is back.
      TreeMap<Integer, Recorded> after =
          await(
              deadline,
              now ->
                  node == null
                      ? isLedPast(before, now, start)
                      : (!inOrder || isGiven(node, owners, now)) && isRecordedPast(now, failed));
      long recovered = time.nowMicros();
      await(deadline, now -> isRecordedPast(now, recovered));
      DrillMeasure measure = new DrillMeasure(scan, lateAfter);
      DrillMeasure.Cost cost = measure.of(start - Micros.PER_SECOND, recovered);
      return new Outcome(
          start, recovered, cost, measure.tally(), moved(owners, after), before, cluster.lead());
    } finally {
      if (resting) {
        var unused = leads.restNode(node, false);
      }
      running.set(false);
    }
  }

  private static void demand(CompletableFuture<String> answer) throws InterruptedException {
    String refusal;
    try {
      refusal = answer.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new RefusedException("TIMEOUT");
    }
    if (!refusal.isEmpty()) {
      throw new RefusedException(refusal);
    }
  }

  /** Whether there is another leadership, and all is recorded past its beginning. */
  private boolean isLedPast(Lead before, Map<Integer, Recorded> now, long start) {
    Lead lead = cluster.lead();
    return lead.epoch() > before.epoch() && isRecordedPast(now, Math.max(start, lead.takenAt()));
  }

  /** Whether all that the node had has been given to others. */
  private static boolean isGiven(
      String node, Map<Integer, Recorded> owners, Map<Integer, Recorded> now) {
    for (Map.Entry<Integer, Recorded> one : owners.entrySet()) {
      if (node.equals(one.getValue().owner())
          && now.get(one.getKey()).epoch() == one.getValue().epoch()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRecordedPast(Map<Integer, Recorded> now, long micros) {
    return now.values().stream().allMatch(one -> one.settled().watermark() > micros);
  }

  private static int moved(Map<Integer, Recorded> before, Map<Integer, Recorded> after) {
    int moved = 0;
    for (Map.Entry<Integer, Recorded> one : before.entrySet()) {
      moved += one.getValue().epoch() == after.get(one.getKey()).epoch() ? 0 : 1;
    }
    return moved;
  }

  /** A state of the partitions that is as it must be. */
  private TreeMap<Integer, Recorded> await(
      long deadline, Function<Map<Integer, Recorded>, Boolean> condition)
      throws InterruptedException {
    while (true) {
      TreeMap<Integer, Recorded> now = scan.snapshot(Snapshot::partitions);
      if (condition.apply(now)) {
        return now;
      }
      if (time.nowMicros() > deadline) {
        throw new RefusedException("TIMEOUT");
      }
      Thread.sleep(POLL_MILLIS);
    }
  }
}
