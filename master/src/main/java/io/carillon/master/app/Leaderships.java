package io.carillon.master.app;

import io.carillon.master.api.cluster.ClusterRpc;
import io.carillon.master.election.LeaderClock.Disagreement;
import io.carillon.master.election.Lease;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.loop.Threads;
import io.carillon.master.loop.Vital;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The times that this master leads, made and ended one after the other on a thread of their own, as
 * the election wants it, and what is offered on the ports for it.
 */
final class Leaderships implements ElectionListener, Leadership.Listener, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Leaderships.class);
  private static final long END_SECONDS = 20;
  private static final long LONGEST_WAIT_SECONDS = 2;
  private static final long FIRST_PAUSE_SECONDS = 2;
  private static final long LONGEST_PAUSE_SECONDS = 60;

  private final Leadership.Process process;
  private final LongFunction<ClusterRpc.Lead> lead;
  private final MasterPorts ports;
  private final CountDownLatch settled = new CountDownLatch(1);
  private final AtomicBoolean rehearsed = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Threads.named("carillon-leadership"));

  /** Before the election begins. */
  private ElectionRunner election;

  /** The first rehearsal, which is worth waiting for: both at once take longer. */
  private volatile CompletableFuture<Void> rehearsal = CompletableFuture.completedFuture(null);

  private volatile Leadership leadership;

  /** The present leadership is ending in order, and serves clients no more. */
  private volatile boolean leaving;

  private volatile boolean closing;

  /**
   * @param lead what this master says of itself as the leader of an epoch
   */
  Leaderships(Leadership.Process process, LongFunction<ClusterRpc.Lead> lead, MasterPorts ports) {
    this.process = process;
    this.lead = lead;
    this.ports = ports;
  }

  void attach(ElectionRunner ofThisMaster) {
    election = ofThisMaster;
  }

  /** Waits until this master leads, or follows one that does; whether it does in time. */
  boolean awaitSettled(long seconds) throws InterruptedException {
    return settled.await(seconds, TimeUnit.SECONDS);
  }

  boolean isLeading() {
    Leadership current = leadership;
    return current != null && current.epoch() == election.epoch();
  }

  /** Whether calls of clients are carried out here. */
  boolean servesClients() {
    return !leaving && isLeading();
  }

  /** The core that leads; null: this master does not. */
  LeaderLoop leading() {
    Leadership current = leadership;
    return current == null ? null : current.loop();
  }

  // ---- from the election

  @Override
  public void lead(long epoch) {
    run(() -> begin(epoch));
  }

  @Override
  public void stepDown(String reason) {
    ports.follow();
    run(this::end);
  }

  @Override
  public void follows() {
    settled.countDown();
    if (rehearsed.compareAndSet(false, true)) {
      rehearsal =
          CompletableFuture.runAsync(() -> rehearse(true, FIRST_PAUSE_SECONDS), process.executor());
    }
  }

  @Override
  public void whenReady(Runnable then) {
    var unused =
        rehearsal
            .copy()
            .completeOnTimeout(null, LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)
            .whenComplete((done, failure) -> then.run());
  }

  @Override
  public void knowsLeader(boolean known) {
    ports.knowsLeader(known);
  }

  @Override
  public void storeAnswers() {
    Leadership current = leadership;
    if (current != null) {
      current.watch();
    }
  }

  @Override
  public void clocksDisagree(Disagreement disagreement) {
    Leadership current = leadership;
    if (current != null) {
      current.clocksDisagree(disagreement);
    }
  }

  // ---- from the leadership

  @Override
  public void available(boolean available) {
    ports.serving(available);
  }

  @Override
  public void deposed(long epoch) {
    election.deposed(epoch);
  }

  @Override
  public void failed(long epoch, String reason) {
    election.failed(epoch, reason);
  }

  // ---- on the thread of leaderships

  private void run(Runnable task) {
    thread.execute(
        Vital.task(
            task,
            bug -> {
              log.error("a change of leadership went wrong", bug);
              election.failed(election.epoch(), "a change of leadership went wrong: " + bug);
            }));
  }

  /** Loads, and begins to serve if this master still leads. */
  private void begin(long epoch) {
    end();
    if (election.epoch() != epoch || closing) {
      return;
    }
    // What a rehearsal would warm up is about to be used.
    rehearsed.set(true);
    try {
      Leadership begun = new Leadership(process, lead.apply(epoch), this);
      leadership = begun;
      begun.start();
      // Nodes first: fires wait for them.
      boolean leads = ports.leadNodes(epoch, begun.nodes());
      begun.answersNodes();
      begun.startServices();
      if (!leads || !ports.leadClients(epoch, begun.api())) {
        end();
      }
    } catch (RuntimeException | Error e) {
      log.error("cannot begin to lead", e);
      election.failed(epoch, "what is stored could not be loaded: " + e);
    }
    settled.countDown();
  }

  private void end() {
    Leadership current = leadership;
    leadership = null;
    if (current != null) {
      current.abandon();
    }
  }

  /** Answers whether another master has been let have the lead. */
  private boolean endInOrder(String reason) {
    Leadership current = leadership;
    if (current == null) {
      return false;
    }
    leaving = true;
    try {
      ports.leaveClients(current.epoch());
      current.drain();
      boolean handsOver = election.hasSuccessor();
      if (handsOver) {
        current.close(handOver(current.epoch(), reason));
      } else {
        ports.leaveNodes(current.epoch());
        current.close();
      }
      leadership = null;
      return handsOver;
    } finally {
      leaving = false;
    }
  }

  /**
   * Leads on, for clock nodes alone, until another master has taken the lead.
   *
   * @return where nodes reach that one; empty if that is not known
   */
  private String handOver(long epoch, String reason) {
    election.handOver(reason);
    try {
      Lease next = election.lead().awaitSuccessor(epoch);
      return next == null ? "" : next.nodeAddress();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Again, after a pause, while the cluster has not what it takes. */
  private void rehearse(boolean first, long pauseSeconds) {
    ClusterRpc.Lead none = lead.apply(Rehearsal.EPOCH);
    if (!new Rehearsal(process, none, ports).run(first)) {
      CompletableFuture.delayedExecutor(pauseSeconds, TimeUnit.SECONDS)
          .execute(() -> rehearseLater(Math.min(LONGEST_PAUSE_SECONDS, 2 * pauseSeconds)));
    }
  }

  private void rehearseLater(long pauseSeconds) {
    if (!closing && leadership == null && election.epoch() == 0) {
      process.executor().execute(() -> rehearse(false, pauseSeconds));
    }
  }

  // ---- from whoever asks for it

  /** Gives up the lead in order; without another master, leads again after a pause. */
  void resign(String reason) {
    run(
        () -> {
          if (!endInOrder(reason)) {
            election.resign(reason);
          }
        });
  }

  /** Gives up the lead as if this master had died, but for its process. */
  void drop(String reason) {
    run(
        () -> {
          end();
          election.resign(reason);
        });
  }

  /** Ends the present leadership in order, and begins no other. */
  void endLast() {
    closing = true;
    CompletableFuture<Boolean> ended =
        CompletableFuture.supplyAsync(() -> endInOrder("it stops"), thread);
    try {
      var unused = ended.get(END_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      log.warn("the end of the leadership takes too long; what is under way is left to the fence");
    } catch (ExecutionException e) {
      log.error("the leadership did not end in order", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Once the election has ended: it may still want a leadership ended up to then. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
