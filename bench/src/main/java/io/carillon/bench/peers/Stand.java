package io.carillon.bench.peers;

import io.carillon.bench.peers.Order.Setup;
import io.carillon.bench.peers.Order.Tuning;
import io.carillon.bench.rig.BenchPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A peer standing in an empty database, ready for one kind of work. */
interface Stand extends AutoCloseable {

  Peer.Kind kind();

  /** Those in which jobs run. The first also creates. */
  List<PeerProcess> processes();

  /** Of servers that it needs beside the processes in which jobs run; zero if there are none. */
  Duration serverCpu();

  /** Vacuum, analyze, checkpoint. */
  void settle() throws Exception;

  /** How many schedules there are, as its tables have it. */
  long stored() throws Exception;

  /** Version, processes, tuning. */
  Map<String, String> settings();

  /** What is wrong with what the peer itself has written down of its executions; empty: nothing. */
  default String audit(Timetable timetable) throws Exception {
    return "";
  }

  @Override
  void close() throws Exception;

  /**
   * A peer that is a library: what creates, decides and executes is one process, or several alike.
   */
  final class Library implements Stand {

    private final Peer.Kind kind;
    private final PeerDatabase database;
    private final List<PeerProcess> processes = new ArrayList<>();

    private Library(Peer.Kind kind, PeerDatabase database) {
      this.kind = kind;
      this.database = database;
    }

    static Stand start(Peer.Kind kind, BenchPostgres server, Path folder, Tuning tuning)
        throws Exception {
      Library stand = new Library(kind, PeerDatabase.create(server, kind));
      try {
        Setup setup = Setup.of(kind, stand.database.jdbcUrl(), List.of(), tuning);
        for (int i = 1; i <= tuning.processes(); i++) {
          stand.processes.add(PeerProcess.start(setup, folder, "process-" + i));
        }
        return stand;
      } catch (Exception | Error e) {
        stand.close();
        throw e;
      }
    }

    @Override
    public Peer.Kind kind() {
      return kind;
    }

    @Override
    public List<PeerProcess> processes() {
      return processes;
    }

    @Override
    public Duration serverCpu() {
      return Duration.ZERO;
    }

    @Override
    public void settle() throws Exception {
      PeerDatabase.settle(database.jdbcUrl());
    }

    @Override
    public long stored() throws Exception {
      return database.count(kind == Peer.Kind.QUARTZ ? "qrtz_triggers" : "scheduled_tasks");
    }

    @Override
    public Map<String, String> settings() {
      Map<String, String> settings = new LinkedHashMap<>(processes.get(0).settings());
      settings.put("processes", "" + processes.size());
      return settings;
    }

    @Override
    public void close() throws Exception {
      processes.forEach(PeerProcess::close);
      database.close();
    }
  }

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
          stand.processes().stream()
              .map(PeerProcess::cpuTime)
              .reduce(Duration.ZERO, Duration::plus);
      return new Cpu(jobs, stand.serverCpu(), postgres.cpuTime());
    }

    Cpu since(Cpu earlier) {
      return new Cpu(
          jobs.minus(earlier.jobs),
          servers.minus(earlier.servers),
          postgres.minus(earlier.postgres));
    }

    /**
     * Rows that say how much it was for one execution.
     *
     * @param failed at the work: then it cannot win
     */
    void compare(SideBySide into, String work, Peer.Kind kind, long executions, boolean failed) {
      boolean library = servers.isZero();
      Duration peer = library ? jobs : servers;
      row(into, work, "CPU µs per fire, all", kind, micros(total(), executions), failed);
      row(into, work, "… of that the peer", kind, micros(peer, executions), failed);
      row(into, work, "… PostgreSQL", kind, micros(postgres, executions), failed);
      if (library) {
        into.say(work, "… the consumer", kind, "in the peer's");
      } else {
        into.put(work, "… the consumer", SideBySide.Better.NEITHER, kind, micros(jobs, executions));
      }
    }

    private static void row(
        SideBySide into,
        String work,
        String measure,
        Peer.Kind kind,
        double value,
        boolean failed) {
      if (failed) {
        into.putFailed(work, measure, kind, value);
      } else {
        into.put(work, measure, SideBySide.Better.LESS, kind, value);
      }
    }

    private Duration total() {
      return jobs.plus(servers).plus(postgres);
    }

    private static double micros(Duration cpu, long executions) {
      return executions == 0 ? 0 : cpu.toNanos() / 1000.0 / executions;
    }
  }
}
