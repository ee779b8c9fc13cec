package io.carillon.bench.peers;

import io.carillon.bench.rig.BenchPostgres;
import java.io.IOException;
import java.time.Duration;

/**
 * CPU time that has been used.
 *
 * @param jobs of the processes in which jobs run
 * @param servers of the peer's servers beside them; zero for a library
 * @param postgres of PostgreSQL, all of its processes
 */
record Cpu(Duration jobs, Duration servers, Duration postgres) {

  static Cpu now(Stand stand, BenchPostgres postgres) throws IOException {
    Duration jobs =
        stand.processes().stream().map(PeerProcess::cpuTime).reduce(Duration.ZERO, Duration::plus);
    return new Cpu(jobs, stand.serverCpu(), postgres.cpuTime());
  }

  Cpu since(Cpu earlier) {
    return new Cpu(
        jobs.minus(earlier.jobs), servers.minus(earlier.servers), postgres.minus(earlier.postgres));
  }

  /**
   * Rows that say how much it was for one execution.
   *
   * @param failed at the work: then it cannot win
   */
  void compare(Comparison into, String work, Peer.Kind kind, long executions, boolean failed) {
    boolean library = servers.isZero();
    Duration peer = library ? jobs : servers;
    row(into, work, "CPU µs per fire, all", kind, micros(total(), executions), failed);
    row(into, work, "… of that the peer", kind, micros(peer, executions), failed);
    row(into, work, "… PostgreSQL", kind, micros(postgres, executions), failed);
    if (library) {
      into.say(work, "… the consumer", kind, "in the peer's");
    } else {
      into.put(work, "… the consumer", Comparison.Better.NEITHER, kind, micros(jobs, executions));
    }
  }

  private static void row(
      Comparison into, String work, String measure, Peer.Kind kind, double value, boolean failed) {
    if (failed) {
      into.putFailed(work, measure, kind, value);
    } else {
      into.put(work, measure, Comparison.Better.LESS, kind, value);
    }
  }

  private Duration total() {
    return jobs.plus(servers).plus(postgres);
  }

  private static double micros(Duration cpu, long executions) {
    return executions == 0 ? 0 : cpu.toNanos() / 1000.0 / executions;
  }
}
