package io.carillon.chaos;

import java.util.Random;

/** Faults of processes: ended, stopped for a while, given another clock, or doubled. */
final class ProcessFaults {

  private ProcessFaults() {}

  /** SIGKILL, or SIGTERM: which must end in order, unless a fault beside it holds it up. */
  static final class Ended implements LiveFault {
    private final FaultyServer victim;
    private final boolean kill;
    private int exit = -1;

    Ended(FaultyServer victim, boolean kill) {
      this.victim = victim;
      this.kill = kill;
    }

    @Override
    public String target() {
      return victim.id();
    }

    @Override
    public void begin() throws Exception {
      victim.start();
      exit = kill ? victim.kill() : victim.terminate();
    }

    @Override
    public void end() throws Exception {
      victim.start();
    }

    @Override
    public boolean bit() {
      return kill ? exit == 137 : exit != -1;
    }

    @Override
    public String proof() {
      return "exit code " + exit;
    }
  }

  /** Each leader as soon as it has been elected. */
  static final class LeadersInARow implements LiveFault {
    private static final long ELECTED_WITHIN_MS = 15_000;

    private final ChaosCluster cluster;
    private int killed;
    private long firstEpoch;
    private long lastEpoch;

    LeadersInARow(ChaosCluster cluster) {
      this.cluster = cluster;
    }

    @Override
    public String target() {
      return "leaders";
    }

    @Override
    public void begin() throws Exception {
      ChaosCluster.Leader leader = cluster.leader();
      firstEpoch = leader.epoch();
      for (int i = 0; i < 3; i++) {
        lastEpoch = leader.epoch();
        leader.master().kill();
        killed++;
        leader.master().start();
        long limit = System.nanoTime() + ELECTED_WITHIN_MS * 1_000_000;
        while (leader.epoch() <= lastEpoch && System.nanoTime() < limit) {
          Thread.sleep(20);
          leader = cluster.leader();
        }
      }
      lastEpoch = leader.epoch();
    }

    @Override
    public void end() {}

    @Override
    public boolean bit() {
      return killed == 3 && lastEpoch >= firstEpoch + 2;
    }

    @Override
    public String proof() {
      return killed + " killed, epoch " + firstEpoch + " to " + lastEpoch;
    }
  }

  /** SIGSTOP, then SIGCONT: a process that wakes up and thinks that nothing has happened. */
  static final class Paused implements LiveFault {
    private static final long STOPPED_WITHIN_NANOS = 2_000_000_000;

    private final FaultyServer victim;
    private boolean stopped;
    private long pid;

    Paused(FaultyServer victim) {
      this.victim = victim;
    }

    @Override
    public String target() {
      return victim.id();
    }

    @Override
    public void begin() throws Exception {
      // It may have ended by itself just now: who has ended cannot be stopped.
      victim.start();
      pid = victim.pid();
      victim.signal("STOP");
      // The kernel takes a moment for a signal.
      long limit = System.nanoTime() + STOPPED_WITHIN_NANOS;
      while (!(stopped = victim.isStopped()) && System.nanoTime() < limit) {
        Thread.sleep(10);
      }
    }

    @Override
    public void end() throws Exception {
      victim.signal("CONT");
    }

    @Override
    public boolean bit() {
      return stopped;
    }

    @Override
    public String proof() {
      return "process " + pid + (stopped ? " was" : " was not") + " in state T";
    }
  }

  /**
   * The wall clock of one process, an hour away from the truth. A master may have to lead with it.
   */
  static final class ClockStepped implements LiveFault {
    private final ChaosCluster cluster;
    private final FaultyServer victim;
    private final long step;
    private long seen;

    ClockStepped(ChaosCluster cluster, FaultyServer victim, Random random) {
      this.cluster = cluster;
      this.victim = victim;
      this.step = random.nextBoolean() ? 3_600 : -3_600;
    }

    @Override
    public String target() {
      return victim.id();
    }

    @Override
    public void begin() throws Exception {
      victim.kill();
      victim.step(0);
      victim.start(true);
      // Long enough to be there; and if it is not, it starts with a wrong clock.
      Thread.sleep(4_000);
      victim.step(step);
      seen = victim.offsetSeen();
      FaultyServer leader = cluster.leader().master();
      if (cluster.masters().contains(victim) && leader != victim) {
        leader.kill();
        leader.start();
      }
    }

    @Override
    public void end() throws Exception {
      victim.kill();
      victim.step(0);
      victim.start();
    }

    @Override
    public boolean bit() {
      return Math.abs(seen - step) <= 2;
    }

    @Override
    public String proof() {
      return "libfaketime, offset seen " + seen + " s";
    }
  }

  /** Another process under the id of a node: one of the two has to go. */
  static final class DoubledNode implements LiveFault {
    private static final int FENCED = 4;

    private final FaultyServer node;
    private final FaultyServer twin;
    private int startsBefore;
    private boolean nodeFenced;

    DoubledNode(ChaosCluster cluster, FaultyServer node) throws Exception {
      this.node = node;
      this.twin = cluster.doubleOf(node);
    }

    @Override
    public String target() {
      return node.id();
    }

    @Override
    public void begin() throws Exception {
      startsBefore = node.starts();
      twin.start();
    }

    /** The older one is shut out by the newer, and then, started again, shuts that one out. */
    @Override
    public void end() throws Exception {
      long limit = System.nanoTime() + 10_000_000_000L;
      while (System.nanoTime() < limit && node.starts() == startsBefore && twin.isAlive()) {
        Thread.sleep(50);
      }
      nodeFenced = node.starts() > startsBefore || !twin.isAlive() && twin.exit() == FENCED;
      twin.kill();
    }

    @Override
    public boolean bit() {
      return nodeFenced;
    }

    @Override
    public String proof() {
      return nodeFenced ? "one of the two was shut out" : "neither was shut out";
    }
  }
}
