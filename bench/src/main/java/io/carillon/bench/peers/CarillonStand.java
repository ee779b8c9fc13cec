package io.carillon.bench.peers;

import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Order.Setup;
import io.carillon.bench.peers.Order.Tuning;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.rig.BenchPostgres;
import io.carillon.bench.rig.ProcessRig;
import io.carillon.bench.rig.ServerProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A cluster of Carillon, and processes of a user that create schedules and take fires. */
final class CarillonStand implements Stand {

  private static final int NODES = 2;
  private static final long SETTLE_MICROS = 10_000_000;

  private final ProcessRig rig;
  private final List<PeerProcess> processes = new ArrayList<>();

  private CarillonStand(ProcessRig rig) {
    this.rig = rig;
  }

  static CarillonStand start(BenchPostgres server, Path folder, Tuning tuning, ProgressLog progress)
      throws Exception {
    drop(server);
    String[] jvm = PeerProcess.JVM.toArray(String[]::new);
    // Where one process of a peer may die, a master may too.
    ProcessRig.Options options =
        ProcessRig.Options.of(tuning.processes(), NODES).withMasterJvm(jvm).withNodeJvm(jvm);
    CarillonStand stand = new CarillonStand(ProcessRig.startOn(server, options, progress));
    try {
      Setup setup = Setup.of(Peer.Kind.CARILLON, server.jdbcUrl(), stand.rig.addresses(), tuning);
      for (int i = 1; i <= tuning.processes(); i++) {
        stand.processes.add(PeerProcess.start(setup, folder, "consumer-" + i));
      }
      return stand;
    } catch (Exception | Error e) {
      stand.close();
      throw e;
    }
  }

  private static void drop(BenchPostgres server) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("drop schema if exists " + BenchPostgres.SCHEMA + " cascade");
    }
  }

  @Override
  public Peer.Kind kind() {
    return Peer.Kind.CARILLON;
  }

  @Override
  public List<PeerProcess> processes() {
    return processes;
  }

  ProcessRig rig() {
    return rig;
  }

  @Override
  public Duration serverCpu() {
    return rig.servers().stream().map(ServerProcess::cpuTime).reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public void settle() throws Exception {
    PeerDatabase.settle(rig.postgres().jdbcUrl());
  }

  @Override
  public long stored() throws Exception {
    try (LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      return ledger.number("select count(*) from schedule");
    }
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>(processes.get(0).settings());
    settings.put("masters", "" + rig.masters().size());
    settings.put("clock nodes", "" + rig.nodes().size());
    settings.put("consumers", "" + processes.size());
    settings.put("partitions", "256");
    return settings;
  }

  /** The ledger by SQL of the harness's own, up to where recording has come. */
  @Override
  public String audit(Timetable timetable) throws Exception {
    rig.killNodes();
    try (LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      awaitAcknowledged(ledger);
      LedgerQueries.Position position = ledger.position();
      List<String> wrong = new ArrayList<>();
      long expected = timetable.times(0, position.watermark());
      long recorded =
          ledger.number("select count(*) from fire where nominal_time <= " + position.watermark());
      long different =
          ledger.number(
              "select count(*) from (select distinct schedule_num, nominal_time from fire"
                  + " where nominal_time <= "
                  + position.watermark()
                  + ") as times");
      if (recorded != expected || different != expected) {
        wrong.add(
            expected
                + " times in the timetable, "
                + recorded
                + " recorded, "
                + different
                + " different");
      }
      long strange =
          ledger.number(
              "select count(*) from fire"
                  + " where recorded_at < nominal_time or kind <> 0 or skip_reason <> 0");
      if (strange > 0) {
        wrong.add(strange + " recorded early, or as other than fired");
      }
      if (position.cursor() != position.lastSeq() || ledger.parked() > 0) {
        wrong.add(
            "acknowledged up to "
                + position.cursor()
                + " of "
                + position.lastSeq()
                + ", "
                + ledger.parked()
                + " parked");
      }
      return String.join("; ", wrong);
    }
  }

  /** The last ones are on their way when the nodes end, and the cursor is written now and then. */
  private static void awaitAcknowledged(LedgerQueries ledger) throws Exception {
    long limit = WallClock.nowMicros() + SETTLE_MICROS;
    long seq = -1;
    while (WallClock.nowMicros() < limit) {
      LedgerQueries.Position position = ledger.position();
      if (position.lastSeq() == seq && position.cursor() == seq && ledger.parked() == 0) {
        return;
      }
      seq = position.lastSeq();
      Thread.sleep(300);
    }
  }

  @Override
  public void close() throws Exception {
    processes.forEach(PeerProcess::close);
    BenchPostgres server = rig.postgres();
    rig.close();
    drop(server);
  }
}
