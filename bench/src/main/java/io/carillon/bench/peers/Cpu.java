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

  /** Rows that say how much it was for one execution. */
  void compare(Comparison into, String work, Peer.Kind kind, long executions) {
    boolean library = servers.isZero();
    Duration peer = library ? jobs : servers;
    into.put(
        work, "CPU µs per fire, all", Comparison.Better.LESS, kind, micros(total(), executions));
    into.put(work, "… of that the peer", Comparison.Better.LESS, kind, micros(peer, executions));
    into.put(work, "… PostgreSQL", Comparison.Better.LESS, kind, micros(postgres, executions));
    if (library) {
      into.say(work, "… the consumer", kind, "in the peer's");
    } else {
      into.put(work, "… the consumer", Comparison.Better.NEITHER, kind, micros(jobs, executions));
    }
  }

  private Duration total() {
    return jobs.plus(servers).plus(postgres);
  }

  private static double micros(Duration cpu, long executions) {
    return executions == 0 ? 0 : cpu.toNanos() / 1000.0 / executions;
  }
}
