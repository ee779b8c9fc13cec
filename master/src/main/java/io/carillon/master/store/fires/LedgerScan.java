package io.carillon.master.store.fires;

import static io.carillon.master.store.jooq.Tables.PARTITION_OWNER;
import static io.carillon.master.store.jooq.Tables.PARTITION_STATE;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.time.Micros;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ledger.LedgerRow;
import io.carillon.master.core.ledger.OwnerHistory;
import io.carillon.master.core.ledger.Promise;
import io.carillon.master.core.ledger.Settled;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.Rows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.postgresql.PGConnection;

/**
 * Reads revisions and rows of the log for the proof that the ledger is complete: streamed, by
 * schedule, all from one snapshot of the store, in which the two belong together. Every call is
 * blocking.
 */
public final class LedgerScan {

  private static final String REVISION =
      "select r.schedule_num, r.version, r.partition, r.valid_from, r.valid_to,"
          + " r.closed_by_version, r.spec, r.catch_up_window, r.catch_up_limit, r.catch_up_grace,"
          + " r.nominal_after, r.destination_num";

  private final Database database;
  private final Function<String, Occurrences> specs;

  public LedgerScan(Database database, Function<String, Occurrences> specs) {
    this.database = database;
    this.specs = specs;
  }

  /**
   * Which schedules are looked at: all if nothing is said.
   *
   * @param tenant null for any
   * @param schedules null for any
   * @param partitions null for any
   */
  public record Scope(String tenant, List<Long> schedules, List<Integer> partitions) {
    public static final Scope ALL = new Scope(null, null, null);

    private String rows() {
      return (schedules == null ? "" : " and f.schedule_num = any(" + array(schedules) + ")")
          + (partitions == null ? "" : " and f.partition = any(" + array(partitions) + ")");
    }

    private String revisions() {
      return rows().replace("f.", "r.");
    }

    private String join(String table) {
      return tenant == null
          ? ""
          : " join schedule s on s.num = " + table + ".schedule_num and " + ofTenant();
    }

    private String ofTenant() {
      return tenant == null ? "true" : "s.tenant_id = " + DSL.inline(tenant);
    }

    String ofSchedules() {
      return ofTenant() + (schedules == null ? "" : " and s.num = any(" + array(schedules) + ")");
    }
  }

  private static String array(List<? extends Number> numbers) {
    return "'" + numbers.toString().replace('[', '{').replace(']', '}') + "'";
  }

  /**
   * Revisions that a look at what came due reads; none twice.
   *
   * @param whole of these partitions all
   * @param all whether these are all partitions
   * @param grown of these partitions the revisions {@code above} a version, in step
   * @param schedules of these schedules the revisions {@code upTo} a version, in step
   */
  public record Wanted(
      List<Integer> whole,
      boolean all,
      long[] grown,
      long[] above,
      long[] schedules,
      long[] upTo) {}

  /** A revision, and the partition of its schedule. */
  public record Found(Revision revision, int partition) {}

  /** A partition: how far it is recorded, and who owns it under which epoch; null: nobody. */
  public record Recorded(Settled settled, String owner, long epoch) {}

  /** Nominal times in {@code (after, upTo]}. */
  public record Range(long after, long upTo) {}

  /** Reads in one snapshot, which must not take longer than a statement may. */
  public <T> T snapshot(Function<Snapshot, T> read) {
    return database
        .api()
        .transactionResult(
            configuration -> {
              DSLContext sql = configuration.dsl();
              sql.execute("set transaction isolation level repeatable read read only");
              // By key and in order: of a new day of the log the planner knows nothing.
              sql.fetch(
                  "select set_config('enable_seqscan', 'off', true),"
                      + " set_config('enable_nestloop', 'off', true),"
                      + " set_config('max_parallel_workers_per_gather', '0', true),"
                      + " set_config('work_mem', '64MB', true)");
              return sql.connectionResult(connection -> read.apply(new Snapshot(sql, connection)));
            });
  }

  /** The store as it was at one moment. Of one thread; rows and revisions are read side by side. */
  public final class Snapshot {
    private final DSLContext sql;
    private final Connection connection;

    private Snapshot(DSLContext sql, Connection connection) {
      this.sql = sql;
      this.connection = connection;
    }

    /** All partitions, by number. */
    public TreeMap<Integer, Recorded> partitions() {
      TreeMap<Integer, Recorded> all = new TreeMap<>();
      sql.selectFrom(PARTITION_STATE)
          .forEach(
              row ->
                  all.put(
                      row.getId(),
                      new Recorded(
                          new Settled(row.getWatermark(), row.getAppliedVersion()),
                          row.getNodeId(),
                          row.getEpoch())));
      return all;
    }

    /**
     * Who owned partitions when.
     *
     * @param partitions null for all
     */
    public TreeMap<Integer, OwnerHistory> owners(Collection<Integer> partitions) {
      TreeMap<Integer, OwnerHistory> all = new TreeMap<>();
      sql.selectFrom(PARTITION_OWNER)
          .where(partitions == null ? DSL.noCondition() : PARTITION_OWNER.PARTITION.in(partitions))
          .orderBy(PARTITION_OWNER.PARTITION, PARTITION_OWNER.EPOCH)
          .forEach(
              row ->
                  all.computeIfAbsent(row.getPartition(), partition -> new OwnerHistory())
                      .add(
                          new OwnerHistory.Since(
                              row.getEpoch(),
                              row.getNodeId(),
                              new Settled(row.getWatermark(), row.getAppliedVersion()),
                              row.getSeq())));
      return all;
    }

    /** Highest seq of the log. */
    public long logEnd() {
      return Ledger.logEnd(sql);
    }

    /**
     * A nominal time up to which there are about so many rows; {@code upTo} if there are fewer.
     * What a scan costs is bounded by it, whatever the scope.
     */
    public long sliceEnd(long after, long upTo, int rows) {
      Object found =
          sql.fetchValue(
              "select nominal_time from fire where nominal_time > ? and nominal_time <= ?"
                  + " order by nominal_time offset ? limit 1",
              after,
              upTo,
              rows);
      return found == null ? upTo : ((Number) found).longValue();
    }

    /** Revisions that may owe something nominally in {@code (after, upTo]}, in order. */
    public Rows<Found> revisions(Scope scope, long after, long upTo) {
      String text =
          REVISION
              + " from revision r"
              + scope.join("r")
              + " where r.valid_from < ? and (r.valid_to is null or r.valid_to > r.valid_from and"
              + " r.valid_to > ?)"
              + scope.revisions()
              + " order by r.schedule_num, r.version";
      long begun = Math.min(upTo, Micros.MAX) + ScheduleSpec.MAX_JITTER_MICROS;
      return new Rows<>(connection, text, this::found, begun, after);
    }

    /**
     * Revisions that owe something that came due after {@code after}, or may do so later, in order.
     */
    public Rows<Found> revisions(Wanted wanted, long after) {
      List<String> parts = new ArrayList<>();
      List<Rows.Binder> values = new ArrayList<>();
      if (!wanted.whole().isEmpty()) {
        parts.add(
            " from revision r join verification v on v.partition = r.partition where (r.valid_to"
                + " is null or r.valid_to > r.valid_from and (r.valid_to > ? or r.version >"
                + " v.verified_version))"
                + (wanted.all() ? "" : " and r.partition = any(" + array(wanted.whole()) + ")"));
        values.add((query, parameter) -> query.setLong(parameter, after));
      }
      if (wanted.grown().length > 0) {
        parts.add(
            " from revision r join unnest(?, ?) as k (partition, version) on r.partition ="
                + " k.partition and r.version > k.version where (r.valid_to is null or r.valid_to >"
                + " r.valid_from) and r.partition = any(?)");
        values.add(longs(wanted.grown()));
        values.add(longs(wanted.above()));
        values.add(longs(wanted.grown()));
      }
      if (wanted.schedules().length > 0) {
        // Each by its key: without the offset the planner would read all and look there.
        parts.add(
            " from unnest(?, ?) as k (schedule, version) cross join lateral (select * from"
                + " revision where schedule_num = k.schedule and version <= k.version and"
                + " (valid_to is null or valid_to > valid_from and valid_to > ?) offset 0) r");
        values.add(longs(wanted.schedules()));
        values.add(longs(wanted.upTo()));
        values.add((query, parameter) -> query.setLong(parameter, after));
      }
      if (parts.isEmpty()) {
        return Rows.none();
      }
      String text =
          parts.stream().map(REVISION::concat).collect(Collectors.joining(" union all "))
              + " order by schedule_num, version";
      return new Rows<>(connection, text, this::found, values);
    }

    private Rows.Binder longs(long[] values) {
      return (query, parameter) ->
          query.setArray(
              parameter, connection.unwrap(PGConnection.class).createArrayOf("int8", values));
    }

    private Found found(ResultSet row) throws SQLException {
      long end = row.getLong(5);
      boolean open = row.wasNull();
      String spec = row.getString(7);
      return new Found(
          new Revision(
              row.getLong(1),
              row.getLong(2),
              row.getLong(4),
              open ? Revision.OPEN : end,
              row.getLong(6),
              spec,
              specs.apply(spec),
              new CatchUp(row.getLong(8), row.getInt(9), row.getLong(10)),
              row.getInt(12),
              row.getLong(11)),
          row.getInt(3));
    }

    /**
     * Rows in {@code (after, upTo]}, and skipped runs from before that reach beyond {@code
     * runsBeyond}, by schedule and nominal time.
     */
    public Rows<LedgerRow> rows(Scope scope, long after, long upTo, long runsBeyond) {
      String from = "select " + ROW + " from fire f" + scope.join("f") + " where ";
      String text =
          from
              + "f.nominal_time > ? and f.nominal_time <= ?"
              + scope.rows()
              + " union all "
              + from
              + "f.skip_reason <> 0 and f.last_nominal > ? and f.nominal_time <= ?"
              + scope.rows()
              + " order by schedule_num, nominal_time, kind";
      return new Rows<>(connection, text, Snapshot::row, after, upTo, runsBeyond, after);
    }

    /** What {@link #row} reads, from 1 on. */
    private static final String ROW =
        "f.nominal_time, f.schedule_num, f.kind, f.partition, f.recorded_at, f.version,"
            + " f.last_nominal, f.skipped_count, f.skip_reason, f.destination_num,"
            + " f.partition_epoch, f.seq";

    private static LedgerRow row(ResultSet row) throws SQLException {
      return new LedgerRow(
          row.getLong(1),
          row.getLong(2),
          row.getInt(3),
          row.getInt(4),
          row.getLong(5),
          row.getLong(6),
          row.getLong(7),
          row.getLong(8),
          row.getInt(9),
          row.getInt(10),
          row.getLong(11),
          row.getLong(12));
    }

    /**
     * What clients were told of fires beside the spec in {@code (after, upTo]}, by schedule,
     * triggers by rising nominal times.
     *
     * @param ranges the range of a backfill, given the request that began it
     */
    public Rows<Promise> promises(
        Scope scope, long after, long upTo, Function<byte[], Range> ranges) {
      return Promises.read(connection, specs, scope, after, upTo, ranges);
    }

    /** The scheduled rows at these nominal times of these schedules, in pairs, in any order. */
    public List<LedgerRow> find(List<Long> schedules, List<Long> nominals) {
      String text =
          "select "
              + ROW
              + " from unnest(?, ?) as k (nominal, schedule) cross join lateral (select * from fire"
              + " where nominal_time = k.nominal and schedule_num = k.schedule and kind = 0 limit"
              + " 1) f";
      List<LedgerRow> found = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement(text)) {
        query.setArray(1, connection.createArrayOf("int8", nominals.toArray()));
        query.setArray(2, connection.createArrayOf("int8", schedules.toArray()));
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            found.add(row(rows));
          }
        }
      } catch (SQLException e) {
        throw new org.jooq.exception.DataAccessException("reading the ledger by key", e);
      }
      return found;
    }

    /**
     * What a range is about.
     *
     * @param firstRevision when the first of the revisions began
     * @param leastWatermark of the partitions that have one of the schedules
     */
    public record Extent(long schedules, long revisions, long firstRevision, long leastWatermark) {}

    /** What there is in the scope for nominal times in {@code (after, upTo]}. */
    public Extent extent(Scope scope, long after, long upTo) {
      String which = scope.ofSchedules();
      var row =
          sql.fetchSingle(
              "select (select count(*) from schedule s where "
                  + which
                  + "), count(*) filter (where r.valid_from <= ? and (r.valid_to is null or"
                  + " r.valid_to > ?)), coalesce(min(r.valid_from), 0), coalesce((select"
                  + " min(watermark) from partition_state where id in (select s.partition from"
                  + " schedule s where "
                  + which
                  + ")), (select min(watermark) from partition_state)) from revision r join"
                  + " schedule s on s.num = r.schedule_num where (r.valid_to is null or r.valid_to"
                  + " > r.valid_from) and "
                  + which,
              upTo,
              after);
      return new Extent(
          row.get(0, Long.class),
          row.get(1, Long.class),
          row.get(2, Long.class),
          row.get(3, Long.class));
    }
  }
}
