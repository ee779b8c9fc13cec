package io.carillon.master.verification;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.ledger.DueBounds;
import io.carillon.master.loop.Worker;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.fires.LedgerScan.Recorded;
import io.carillon.master.store.fires.LedgerScan.Snapshot;
import io.carillon.master.store.fires.Verifications;
import io.carillon.master.store.fires.Verifications.Seen;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.sql.Database;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the ledger against the revisions all the while, some seconds behind the watermarks, on a
 * thread of its own. Believes neither nodes nor the core: it reads what is in PostgreSQL. It rests
 * nine times as long as it works, so it takes no more than a tenth of a core here, and may fall
 * behind the fires, which come first, and says so. What it finds it tells. What is missing it has
 * the core make up for, and looks again; only when nothing is missing that can be made up for it
 * goes on, so that whoever leads then finds it. Belongs to a leader.
 *
 * <p>What it has read it reads again when something may be due of it ({@link DueBounds}); the rows
 * of the ledger it reads all.
 */
public final class Reconciler implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /** So far behind cluster time: what is young is still in the caches, and slices are not tiny. */
  private static final long BEHIND_MICROS = 3 * Micros.PER_SECOND;

  /** Passes begin a second apart or more: all partitions are read anew in half an hour or so. */
  private static final int PASSES_A_PARTITION = 8;

  private static final long PACE_MILLIS = 1_000;
  private static final long LEAST_REST_MILLIS = 20;
  private static final int REST_PER_WORK = 9;

  /** How often it asks for a repair that the core refuses, with what comes between. */
  private static final int MOST_TRIES = 10;

  private static final long AGAIN_MILLIS = 100;

  /** Has times made up for; the answer comes when they are durable. */
  public interface Repairer {
    CompletableFuture<MissedTimes.Result> repair(List<MissedTimes> missed);
  }

  private static final long END_MILLIS = 5_000;

  private final Verifications verifications;
  private final LedgerScan scan;
  private final TimeSource time;
  private final GapReports reports;
  private final Lags lags = new Lags();
  private final Repairer repairer;
  private final Runnable deposed;
  private final Worker thread;

  private volatile Map<Integer, Seen> seen = Map.of();

  /** Made up for since the cluster was made; -1: not read yet. */
  private volatile long repaired = -1;

  /** Of the thread: how often a repair of the present slice was refused. */
  private int tries;

  /** Of the thread: whether those that lag are checked next. */
  private boolean laggards;

  /** Of the thread: a new leader knows nothing, and reads all once. */
  private final DueBounds bounds = new DueBounds();

  private long passes;
  private boolean away;

  /**
   * @param repairer makes up for what is missing
   * @param events hears of what does not agree
   * @param deposed is told when a write finds that another master leads
   * @param onFailure hears of an Error, which ends it
   */
  public Reconciler(
      Database database,
      long epoch,
      Function<String, Occurrences> specs,
      TimeSource time,
      Repairer repairer,
      Consumer<CoreEvent> events,
      Runnable deposed,
      Consumer<Throwable> onFailure) {
    this.verifications = new Verifications(database, epoch);
    this.scan = new LedgerScan(database, specs);
    this.time = time;
    this.reports = new GapReports(new Schedules(database.api()), time, events);
    this.repairer = repairer;
    this.deposed = deposed;
    this.thread = new Worker("carillon-reconciler", onFailure);
  }

  /** Goes on where the leader before ended. */
  public void start() {
    thread.run(this::work);
  }

  private void work() {
    long began = System.nanoTime();
    try {
      long pause = pass();
      away = false;
      long rest = (System.nanoTime() - began) / 1_000_000 * REST_PER_WORK;
      thread.after(Math.max(rest, pause), this::work);
    } catch (DeposedException e) {
      deposed.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!thread.isClosed() && !away) {
        away = true;
        log.warn("the check of the ledger waits: {}", e.toString());
      }
      thread.after(PACE_MILLIS, this::work);
    }
  }

  /** Checks one slice; answers how many ms to rest before the next at least. */
  private long pass() throws InterruptedException {
    if (repaired < 0) {
      repaired = verifications.repaired();
    }
    TreeMap<Integer, Seen> before = verifications.all();
    seen = before;
    long now = time.nowMicros();
    forgetOne(before.size());
    Slice found = scan.snapshot(snapshot -> check(snapshot, before, now));
    if (found == null) {
      return PACE_MILLIS;
    }
    if (!found.missed().isEmpty() && tries < MOST_TRIES) {
      return repair(found.missed()) ? LEAST_REST_MILLIS : AGAIN_MILLIS;
    }
    tries = 0;
    verifications.write(found.seen());
    found.look().keep();
    before.putAll(found.seen());
    seen = new TreeMap<>(before);
    reports.tell(found.gaps(), found.seen().values().stream().mapToLong(Seen::gaps).sum());
    return found.isPart() ? LEAST_REST_MILLIS : PACE_MILLIS;
  }

  /**
   * Has times made up for, and waits until they are durable, so that the next look sees them.
   * Answers whether they are.
   */
  private boolean repair(List<MissedTimes> missed) throws InterruptedException {
    if (tries == 0) {
      reports.tellMissed(missed);
    }
    MissedTimes.Result result;
    try {
      result = repairer.repair(missed).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    if (result.isRecorded()) {
      tries = 0;
      repaired = verifications.repaired();
      reports.tellRepaired(missed, result);
      return true;
    }
    tries = result.refusal().equals(MissedTimes.Result.NOT_OWED) ? MOST_TRIES : tries + 1;
    if (tries == MOST_TRIES) {
      reports.tellRefused(missed, result.refusal());
    }
    return false;
  }

  /** From time to time the next partition is read anew, so that no memory is trusted for long. */
  private void forgetOne(int partitions) {
    if (passes++ % PASSES_A_PARTITION == 0) {
      bounds.forget((int) (passes / PASSES_A_PARTITION % partitions));
    }
  }

  private Slice check(Snapshot snapshot, Map<Integer, Seen> before, long now) {
    TreeMap<Integer, Recorded> recorded = snapshot.partitions();
    lags.look(recorded, before, now);
    long horizon = now - BEHIND_MICROS;
    NextCheck next = NextCheck.of(before, recorded, horizon, !laggards);
    laggards = !laggards;
    if (next == null) {
      next = NextCheck.of(before, recorded, horizon, !laggards);
    }
    return next == null ? null : Slice.check(snapshot, next, before, recorded, bounds);
  }

  /** The ledger of the partition is checked for all that was due up to here; 0: not yet. */
  public long verifiedTime(int partition) {
    Seen one = seen.get(partition);
    return one == null ? 0 : one.upTo().watermark();
  }

  /** The least of the partitions'. */
  public long verifiedTime() {
    return seen.values().stream().mapToLong(one -> one.upTo().watermark()).min().orElse(0);
  }

  /** Since the cluster was made, under all leaders, in nominal times. */
  public Map<String, Long> counters() {
    long checked = 0;
    long gaps = 0;
    for (Seen one : seen.values()) {
      checked += one.checked();
      gaps += one.gaps();
    }
    return Map.of(
        "ledger_verified", checked, "ledger_gaps", gaps, "ledger_repaired", Math.max(0, repaired));
  }

  @Override
  public void close() {
    thread.close(END_MILLIS);
  }
}
