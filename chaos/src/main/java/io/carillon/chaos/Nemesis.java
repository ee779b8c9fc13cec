package io.carillon.chaos;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.ProgressLog;
import io.carillon.chaos.Evidence.FaultSpan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Brings faults upon a cluster, alone and up to three at once, drawn by a seed: each of the kinds
 * once before any comes again. One thread; what the faults found is in {@link #spans}.
 */
final class Nemesis {

  private static final int ROUNDS_MORE = 3;

  private record Running(FaultKind kind, LiveFault fault, long begin) {}

  private final ChaosCluster cluster;
  private final List<FaultKind> kinds;
  private final Random random;
  private final ProgressLog progress;
  private final long shortest;
  private final List<FaultSpan> spans = new ArrayList<>();
  private final ArrayDeque<FaultKind> next = new ArrayDeque<>();
  private final Set<FaultKind> bitten = new HashSet<>();

  /**
   * @param shortest how long a fault lasts at least, in milliseconds; longer than the leader's
   *     lease, or a pause shows nothing
   */
  Nemesis(
      ChaosCluster cluster,
      List<FaultKind> kinds,
      Random random,
      long shortest,
      ProgressLog progress) {
    this.cluster = cluster;
    this.kinds = kinds;
    this.random = random;
    this.shortest = shortest;
    this.progress = progress;
  }

  /**
   * Goes on until this time on the reference clock, and then, alone, with those that were not seen
   * to bite; in the end everything is healed.
   */
  void runUntil(long end) throws Exception {
    while (WallClock.nowMicros() < end) {
      int n = random.nextInt(10);
      strike(n < 4 ? 1 : n < 7 ? 2 : 3);
      rest();
    }
    for (int round = 0; round < ROUNDS_MORE; round++) {
      for (FaultKind kind : kinds) {
        if (!bitten.contains(kind)) {
          next.clear();
          next.add(kind);
          strike(1);
          rest();
        }
      }
    }
    cluster.heal();
  }

  private void rest() throws InterruptedException {
    Thread.sleep(shortest / 2 + random.nextInt((int) shortest));
  }

  /** What was done so far. */
  List<FaultSpan> spans() {
    return List.copyOf(spans);
  }

  private void strike(int count) throws Exception {
    List<Running> running = new ArrayList<>();
    Set<Integer> groups = new HashSet<>();
    for (int i = 0; i < count; i++) {
      FaultKind kind = draw(groups);
      if (kind == null) {
        break;
      }
      groups.add(kind.group());
      LiveFault fault = make(kind);
      if (fault == null) {
        next.addLast(kind);
        continue;
      }
      long begin = WallClock.nowMicros();
      progress.say("%s of %s", kind.word(), fault.target());
      fault.begin();
      running.add(new Running(kind, fault, begin));
      Thread.sleep(random.nextInt(500));
    }
    Thread.sleep(shortest + random.nextInt((int) shortest));
    for (Running over : running) {
      over.fault().end();
      FaultSpan span =
          new FaultSpan(
              over.kind().word(),
              over.fault().target(),
              over.begin(),
              WallClock.nowMicros(),
              over.fault().bit(),
              over.fault().proof());
      spans.add(span);
      if (span.bit()) {
        bitten.add(over.kind());
      }
    }
  }

  /** The next kind whose group is free; null if there is none at the front of the row. */
  private FaultKind draw(Set<Integer> groups) {
    if (next.isEmpty()) {
      List<FaultKind> row = new ArrayList<>(kinds);
      Collections.shuffle(row, random);
      next.addAll(row);
    }
    return groups.contains(next.peek().group()) ? null : next.poll();
  }

  /** Null if there is nothing now that it could befall: then it comes later. */
  private LiveFault make(FaultKind kind) throws Exception {
    List<FaultyServer> standbys = new ArrayList<>(cluster.masters());
    FaultyServer leader = cluster.leader().master();
    standbys.remove(leader);
    FaultyServer node = any(cluster.nodes());
    if (kind.needsStandby() && standbys.isEmpty()) {
      return null;
    }
    return switch (kind) {
      case KILL_LEADER -> new ProcessFaults.Ended(leader, true);
      case KILL_LEADERS_IN_A_ROW -> new ProcessFaults.LeadersInARow(cluster);
      case KILL_STANDBY -> new ProcessFaults.Ended(any(standbys), true);
      case KILL_NODE -> new ProcessFaults.Ended(node, true);
      case TERM_LEADER -> new ProcessFaults.Ended(leader, false);
      case TERM_STANDBY -> new ProcessFaults.Ended(any(standbys), false);
      case TERM_NODE -> new ProcessFaults.Ended(node, false);
      case PAUSE_LEADER -> new ProcessFaults.Paused(leader);
      case PAUSE_STANDBY -> new ProcessFaults.Paused(any(standbys));
      case PAUSE_NODE -> new ProcessFaults.Paused(node);
      case TERMINATE_SESSIONS -> new StoreFaults.Terminated(cluster, false);
      case TERMINATE_COMMITS -> new StoreFaults.Terminated(cluster, true);
      case DATABASE_IMMEDIATE ->
          new StoreFaults.Restarted(cluster, false, random.nextInt((int) shortest));
      case DATABASE_KILL ->
          new StoreFaults.Restarted(cluster, true, random.nextInt((int) shortest));
      case LOCK_STORM -> new StoreFaults.LockStorm(cluster);
      case CUT, HALF_OPEN, ONE_WAY, DELAY, THROTTLE -> edge(kind, leader);
      case CLOCK_STEP -> new ProcessFaults.ClockStepped(cluster, any(cluster.servers()), random);
      case DUPLICATE_NODE -> new ProcessFaults.DoubledNode(cluster, node);
    };
  }

  /** An edge that is in use: mostly one of the leader, as others have little to do. */
  private LiveFault edge(FaultKind kind, FaultyServer leader) {
    List<Map.Entry<String, ChaosProxy>> edges =
        cluster.proxies().entrySet().stream().filter(edge -> edge.getValue().isInUse()).toList();
    List<Map.Entry<String, ChaosProxy>> busy =
        edges.stream().filter(edge -> edge.getKey().contains(leader.id())).toList();
    if (edges.isEmpty()) {
      return null;
    }
    Map.Entry<String, ChaosProxy> chosen =
        any(busy.isEmpty() || random.nextInt(5) == 0 ? edges : busy);
    return new EdgeFault(kind, chosen.getKey(), chosen.getValue(), random);
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
