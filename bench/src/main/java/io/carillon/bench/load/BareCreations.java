package io.carillon.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;
import org.postgresql.PGConnection;

/**
 * What this server takes of such rows at best: the yardstick for creation. The rows of new
 * schedules, from arrays, into tables with the columns and indexes of those of Carillon, on one
 * connection, a thousand schedules to a durable commit; no fence, no checks, nobody who asks.
 */
public final class BareCreations {

  private static final int ROWS = 1000;
  private static final int PARTITIONS = 256;
  private static final long WARM_UP_NANOS = 1_000_000_000L;
  private static final String[] TABLES = {"create_request", "schedule", "revision"};

  private static final String REQUESTS =
      "insert into bench_create_request (tenant_id, request_id, fingerprint, schedule_num,"
          + " create_time) select 'default', unnest(?), sha256(''), unnest(?), ?";
  private static final String SCHEDULES =
      "insert into bench_schedule (num, tenant_id, id, partition, display_name, labels, state,"
          + " pause_reason, version, revision_version, create_time, update_time, effective_time,"
          + " ends_at) select num, 'default', id, partition, '', '{}', 1, '', version, version,"
          + " time, time, time, 9223372036854775807 from (select unnest(?) as num, unnest(?) as id,"
          + " unnest(?) as partition, unnest(?) as version, ? as time) s";
  private static final String REVISIONS =
      "insert into bench_revision (schedule_num, version, partition, valid_from, spec,"
          + " catch_up_window, destination_num, payload, payload_type, tzdb_version)"
          + " select unnest(?), unnest(?), unnest(?), ?, unnest(?), 3600000000, 1, '', '', '2026a'";

  private final Connection connection;
  private final SplittableRandom random = new SplittableRandom(1);
  private final long[] numbers = new long[ROWS];
  private final String[] ids = new String[ROWS];
  private final int[] partitions = new int[ROWS];
  private final long[] versions = new long[ROWS];
  private final long[] latest = new long[PARTITIONS];
  private final String[] specs = new String[ROWS];
  private long next = 1 << 20;

  public BareCreations(Connection connection) {
    this.connection = connection;
  }

  /**
   * @param requests request ids for each thousand schedules
   * @return schedules a second
   */
  public double measure(int requests, double seconds) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute("drop table if exists bench_" + table);
        statement.execute(
            "create table bench_"
                + table
                + " (like "
                + table
                + " including defaults including indexes)");
      }
    }
    connection.setAutoCommit(false);
    long began = System.nanoTime();
    while (System.nanoTime() - began < WARM_UP_NANOS) {
      insert(requests);
    }
    began = System.nanoTime();
    long rows = 0;
    while (System.nanoTime() - began < seconds * 1e9) {
      insert(requests);
      rows += ROWS;
    }
    double took = (System.nanoTime() - began) / 1e9;
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute("drop table bench_" + table);
      }
    }
    return rows / took;
  }

  private void insert(int requests) throws SQLException {
    long now = WallClock.nowMicros();
    fill(now);
    PGConnection arrays = connection.unwrap(PGConnection.class);
    try (PreparedStatement request = connection.prepareStatement(REQUESTS);
        PreparedStatement schedule = connection.prepareStatement(SCHEDULES);
        PreparedStatement revision = connection.prepareStatement(REVISIONS)) {
      request.setArray(1, arrays.createArrayOf("text", requestIds(now, requests)));
      request.setArray(2, arrays.createArrayOf("int8", Arrays.copyOf(numbers, requests)));
      request.setLong(3, now);
      request.executeUpdate();
      schedule.setArray(1, arrays.createArrayOf("int8", numbers));
      schedule.setArray(2, arrays.createArrayOf("text", ids));
      schedule.setArray(3, arrays.createArrayOf("int4", partitions));
      schedule.setArray(4, arrays.createArrayOf("int8", versions));
      schedule.setLong(5, now);
      schedule.executeUpdate();
      revision.setArray(1, arrays.createArrayOf("int8", numbers));
      revision.setArray(2, arrays.createArrayOf("int8", versions));
      revision.setArray(3, arrays.createArrayOf("int4", partitions));
      revision.setLong(4, now);
      revision.setArray(5, arrays.createArrayOf("text", specs));
      revision.executeUpdate();
    }
    connection.commit();
  }

  /** As the client makes them: UUIDs that begin with the time. */
  private String[] requestIds(long now, int count) {
    String[] made = new String[count];
    for (int i = 0; i < count; i++) {
      long time = now / 1_000 << 16 | 0x7000 | random.nextInt(4096);
      made[i] = new UUID(time, Long.MIN_VALUE | random.nextLong() >>> 2).toString();
    }
    return made;
  }

  private void fill(long now) {
    for (int i = 0; i < ROWS; i++) {
      numbers[i] = next++;
      ids[i] = "s-" + Long.toString(numbers[i], 36);
      partitions[i] = random.nextInt(PARTITIONS);
      versions[i] = ++latest[partitions[i]];
      specs[i] = "interval=3600000000@" + now + ";zone=UTC;start=" + (now + 3_600_000_000L);
    }
  }
}
