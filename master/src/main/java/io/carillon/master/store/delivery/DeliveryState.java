package io.carillon.master.store.delivery;

import static io.carillon.master.store.jooq.Tables.DELIVERY_CURSOR;
import static io.carillon.master.store.jooq.Tables.DESTINATION;

import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogPage;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedPage;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.ParkedRow;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.delivery.StandingRead.Standing;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.KeyedRead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.postgresql.PGConnection;

/** How far delivery is, and the reads of the log that it needs. Every call is blocking. */
public final class DeliveryState {

  // The BRIN index finds a range of seq; the range is widened while a destination has nothing in
  // it, so that a read of a sparse one does not come to an end too often, nor take too long.
  private static final long FIRST_SPAN = 20_000;
  private static final int SPANS_PER_READ = 8;

  private final DSLContext sql;
  private final long epoch;

  /**
   * @param epoch of the leader, which every write is fenced on
   */
  public DeliveryState(Database database, long epoch) {
    this.sql = database.core();
    this.epoch = epoch;
  }

  /** Empty if the destination does not exist any more. */
  public Optional<Standing> standing(int destination) {
    var row =
        sql.selectFrom(DESTINATION)
            .where(DESTINATION.NUM.eq(destination).and(DESTINATION.DELETE_TIME.isNull()))
            .fetchOne();
    if (row == null) {
      return Optional.empty();
    }
    // Cursor and progress are one row, so they go together; the rows that they count on were there
    // before them.
    var cursor =
        sql.selectFrom(DELIVERY_CURSOR)
            .where(DELIVERY_CURSOR.DESTINATION_NUM.eq(destination))
            .fetchOne();
    return Optional.of(
        new Standing(
            new DeliveryPolicy(row.getAckTimeout(), row.getMaxAttempts()),
            row.getVersion(),
            cursor == null ? 0 : cursor.getSeq(),
            cursor == null ? Progress.NONE : ProgressBytes.read(cursor.getProgress())));
  }

  public LogPage read(int destination, LogRead request) {
    return KeyedRead.run(
        sql,
        connection -> {
          Fires fires = new Fires(64);
          long after = request.after();
          long span = FIRST_SPAN;
          for (int i = 0; i < SPANS_PER_READ && after < request.upTo(); i++) {
            long upTo = Math.min(request.upTo(), after + span);
            int limit = request.limit() - fires.size();
            int found = readSpan(connection, destination, after, upTo, limit, fires);
            if (found == limit) {
              return new LogPage(fires, fires.seq[fires.size() - 1]);
            }
            after = upTo;
            span *= 4;
          }
          return new LogPage(fires, after);
        });
  }

  private static int readSpan(
      Connection connection, int destination, long after, long upTo, int limit, Fires to)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select "
                + FIRE
                + " from fire f where f.seq > ? and f.seq <= ? and f.destination_num = ?"
                + " and f.skip_reason = 0 order by f.seq limit ?")) {
      statement.setLong(1, after);
      statement.setLong(2, upTo);
      statement.setInt(3, destination);
      statement.setInt(4, limit);
      int found = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          addFire(rows, to);
          found++;
        }
      }
      return found;
    }
  }

  /** What {@link #addFire} reads, from 1 on; more may follow. */
  private static final String FIRE =
      "f.seq, f.nominal_time, f.schedule_num, f.version, f.recorded_at, f.partition_epoch,"
          + " f.partition, f.kind";

  private static int addFire(ResultSet rows, Fires to) throws SQLException {
    int row = to.append();
    to.seq[row] = rows.getLong(1);
    to.nominalMicros[row] = rows.getLong(2);
    to.schedule[row] = rows.getLong(3);
    to.version[row] = rows.getLong(4);
    to.recordedAtMicros[row] = rows.getLong(5);
    to.epoch[row] = rows.getLong(6);
    to.partition[row] = rows.getInt(7);
    to.kind[row] = rows.getInt(8);
    return row;
  }

  public ParkedPage read(int destination, ParkedRead request) {
    return sql.connectionResult(
        connection -> {
          Fires fires = new Fires(64);
          long[] next = new long[request.limit()];
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "select "
                      + FIRE
                      + ", p.attempts, p.next_time from (select * from parked_fire where destination_num = ? and not dead"
                      + " and next_time >= ? and (next_time, seq) > (?, ?)"
                      + " order by next_time, seq limit ?) p"
                      + " join fire f on f.nominal_time = p.nominal_time"
                      + " and f.schedule_num = p.schedule_num and f.kind = p.kind"
                      + " order by p.next_time, p.seq")) {
            statement.setInt(1, destination);
            statement.setLong(2, request.afterMicros());
            statement.setLong(3, request.afterMicros());
            statement.setLong(4, request.afterSeq());
            statement.setInt(5, request.limit());
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                int row = addFire(rows, fires);
                fires.attempt[row] = rows.getInt(9);
                next[row] = rows.getLong(10);
              }
            }
          }
          return new ParkedPage(fires, Arrays.copyOf(next, fires.size()));
        });
  }

  /**
   * Makes settlements of different destinations durable, all or none.
   *
   * @throws DeposedException if another master leads
   */
  public void settle(List<Settlement> settlements) {
    sql.transaction(
        configuration -> {
          LeaderFence.hold(configuration.dsl(), epoch);
          configuration
              .dsl()
              .connection(
                  connection -> {
                    writeParked(connection, settlements);
                    deleteSettled(connection, settlements);
                    writeCursors(connection, settlements);
                  });
        });
  }

  private static void writeParked(Connection connection, List<Settlement> settlements)
      throws SQLException {
    int count = settlements.stream().mapToInt(s -> s.parked().size()).sum();
    if (count == 0) {
      return;
    }
    int[] destination = new int[count];
    long[] seq = new long[count];
    long[] nominal = new long[count];
    long[] schedule = new long[count];
    int[] kind = new int[count];
    int[] attempts = new int[count];
    long[] next = new long[count];
    boolean[] dead = new boolean[count];
    String[] error = new String[count];
    int n = 0;
    for (Settlement settlement : settlements) {
      for (ParkedRow row : settlement.parked()) {
        destination[n] = settlement.destination();
        seq[n] = row.seq();
        nominal[n] = row.nominalMicros();
        schedule[n] = row.schedule();
        kind[n] = row.kind();
        attempts[n] = row.attempts();
        next[n] = row.nextMicros();
        dead[n] = row.dead();
        error[n++] = row.lastError();
      }
    }
    execute(
        connection,
        "insert into parked_fire as p (destination_num, seq, nominal_time, schedule_num, kind,"
            + " attempts, next_time, dead, last_error)"
            + " select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " on conflict (destination_num, seq) do update set attempts = excluded.attempts,"
            + " next_time = excluded.next_time, dead = excluded.dead,"
            + " last_error = coalesce(nullif(excluded.last_error, ''), p.last_error)",
        array(connection, "int4", destination),
        array(connection, "int8", seq),
        array(connection, "int8", nominal),
        array(connection, "int8", schedule),
        array(connection, "int4", kind),
        array(connection, "int4", attempts),
        array(connection, "int8", next),
        array(connection, "bool", dead),
        array(connection, "text", error));
  }

  private static void deleteSettled(Connection connection, List<Settlement> settlements)
      throws SQLException {
    int count = settlements.stream().mapToInt(s -> s.settled().size()).sum();
    if (count == 0) {
      return;
    }
    int[] destination = new int[count];
    long[] seq = new long[count];
    int n = 0;
    for (Settlement settlement : settlements) {
      for (long acked : settlement.settled()) {
        destination[n] = settlement.destination();
        seq[n++] = acked;
      }
    }
    execute(
        connection,
        "delete from parked_fire p using unnest(?, ?) as u (destination, seq)"
            + " where p.destination_num = u.destination and p.seq = u.seq",
        array(connection, "int4", destination),
        array(connection, "int8", seq));
  }

  private static void writeCursors(Connection connection, List<Settlement> settlements)
      throws SQLException {
    execute(
        connection,
        "insert into delivery_cursor as c (destination_num, seq, progress)"
            + " select * from unnest(?, ?, ?) on conflict (destination_num) do update"
            + " set seq = greatest(c.seq, excluded.seq), progress = excluded.progress",
        array(connection, "int4", settlements.stream().mapToInt(Settlement::destination).toArray()),
        array(connection, "int8", settlements.stream().mapToLong(Settlement::cursor).toArray()),
        array(
            connection,
            "bytea",
            settlements.stream().map(s -> ProgressBytes.of(s.progress())).toArray(byte[][]::new)));
  }

  private static void execute(Connection connection, String statement, java.sql.Array... arrays)
      throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(statement)) {
      for (int i = 0; i < arrays.length; i++) {
        prepared.setArray(i + 1, arrays[i]);
      }
      prepared.executeUpdate();
    }
  }

  /** An array of primitives: boxed ones are slow by an order of magnitude. */
  static java.sql.Array array(Connection connection, String type, Object elements)
      throws SQLException {
    return connection.unwrap(PGConnection.class).createArrayOf(type, elements);
  }
}
