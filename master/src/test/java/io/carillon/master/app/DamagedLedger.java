package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.SystemTime;
import io.carillon.master.TestDatabase;
import io.carillon.master.TestSpecs;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.v1.Cluster;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.LedgerGap;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A ledger that was written, and damaged, behind the back of its master. */
abstract class DamagedLedger {

  static final long SECOND = 1_000_000;
  static final long PLAIN = 5000;
  static final long JITTERED = 5001;
  static final int PARTITIONS = 4;
  final DatabaseConfig config = TestDatabase.config();
  final Database database = Database.open(config, PARTITIONS);
  final long base = (new SystemTime().nowMicros() / SECOND - 1_000) / 10 * 10 * SECOND;

  /** Two schedules of every second since the base, one with jitter, recorded for 100 seconds. */
  @BeforeEach
  void record() {
    TestDatabase.makeDay(database.core(), base);
    TestDatabase.makeDay(database.core(), base + 2_000 * SECOND);
    ScheduleSpec plain =
        ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC"));
    schedule(PLAIN, 0, plain.canonical());
    schedule(JITTERED, 1, jittered().canonical());
    sql("update revision set nominal_after = valid_from where schedule_num = " + JITTERED);
    fires(PLAIN, 0, 1, 1, 100);
    fires(JITTERED, 1, 1, 1, 100);
    recordedUpTo(100);
  }

  static ScheduleSpec jittered() {
    ScheduleSpec plain =
        ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC"));
    return TestSpecs.withJitter(plain, SECOND / 2);
  }

  void schedule(long num, int partition, String spec) {
    sql(
        "insert into schedule values (%d, 'default', 's%d', %d, '', '{}', 1, '', 1, 1, 0, 0, 0, 0)"
            .formatted(num, num, partition));
    revision(num, partition, 1, base, spec);
  }

  void revision(long num, int partition, int version, long from, String spec) {
    sql(
        "insert into revision values (%d, %d, %d, %d, null, null, '%s', 100000000, 1, '', 'text/plain')"
            .formatted(num, version, partition, from, spec));
  }

  void sql(String text) {
    database.core().execute(text);
  }

  void fires(long schedule, int partition, int version, int first, int last) {
    sql(
        ("insert into fire select n, %d, 1, n + 500009, %d, 1, n, 0, 1, %d, 0, 0 from (select %d +"
                + " i::bigint * 1000000 as n from generate_series(%d, %d) as i) t")
            .formatted(schedule, version, partition, base, first, last));
  }

  /** Half a second after: all that was nominal by then is due. */
  void recordedUpTo(int second) {
    recordedUpTo(second, 9);
  }

  void recordedUpTo(int second, int applied) {
    sql(
        "update partition_state set applied_version = %d, watermark = %d"
            .formatted(applied, at(second) + SECOND / 2));
  }

  static Cluster cluster(MasterFixture master) {
    return master.cluster.getCluster(GetClusterRequest.getDefaultInstance());
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "not within 30 s: " + what);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  void awaitVerified(MasterFixture master, int second) throws InterruptedException {
    long wanted = base / SECOND + second;
    await(
        "verified up to " + second, () -> cluster(master).getVerifiedTime().getSeconds() >= wanted);
  }

  void delete(long schedule, int first, int last) {
    sql(
        "delete from fire where schedule_num = %d and nominal_time between %d and %d"
            .formatted(schedule, at(first), at(last)));
  }

  LedgerGap gap(long schedule, int partition, int second, int count) {
    return LedgerGap.newBuilder()
        .setPartition(partition)
        .setSchedule("tenants/default/schedules/s" + schedule)
        .setNominalTime(
            com.google.protobuf.Timestamp.newBuilder().setSeconds(base / SECOND + second))
        .setKind("MISSING")
        .setCount(count)
        .build();
  }

  static LedgerGap next(Iterator<ClusterEvent> events) {
    while (true) {
      ClusterEvent event = events.next();
      if (event.hasLedgerGap()) {
        return event.getLedgerGap();
      }
    }
  }

  long at(int second) {
    return base + second * SECOND;
  }

  String once(int second) {
    return ScheduleSpec.of(new ScheduleSpec.OnceRule(at(second)), ZoneId.of("UTC")).canonical();
  }

  @AfterEach
  void close() {
    database.close();
  }
}
