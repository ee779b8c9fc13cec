package io.carillon.bench.peers;

import io.carillon.bench.rig.BenchPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A peer that is a library: what creates, decides and executes is one process, or several alike.
 */
final class LibraryStand implements Stand {

  private final Peer.Kind kind;
  private final PeerDatabase database;
  private final List<PeerProcess> processes = new ArrayList<>();

  private LibraryStand(Peer.Kind kind, PeerDatabase database) {
    this.kind = kind;
    this.database = database;
  }

  static Stand start(Peer.Kind kind, BenchPostgres server, Path folder, Tuning tuning)
      throws Exception {
    LibraryStand stand = new LibraryStand(kind, PeerDatabase.create(server, kind));
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
