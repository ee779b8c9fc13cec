package io.carillon.master.store.cluster;

import static io.carillon.master.store.jooq.Tables.PARTITION_STATE;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.StandingFires;
import io.carillon.master.core.StoredPartition;
import io.carillon.master.store.sql.Database;
import org.jooq.DSLContext;

/** Partitions as they are stored, for their repair. */
public final class StoredPartitions {

  /** The most rows beyond a watermark that a repair takes into account. */
  public static final int MAX_STANDING = 200_000;

  /** What may be owed lies after this: the watermark, or where what was not applied begins. */
  private static final String OWED_AFTER =
      "select least(min(valid_from), ?::bigint) from revision where partition = ? and version > ?";

  /** Fires beyond a time, runs that reach beyond it, and fires that may be due beyond it. */
  private static final String STANDING =
      """
      with s as (select num from schedule where partition = ?)
      select schedule_num, nominal_time, last_nominal from fire
       where kind = 0 and nominal_time > ? and schedule_num in (select num from s)
      union all
      select schedule_num, nominal_time, last_nominal from fire
       where skip_reason <> 0 and kind = 0 and nominal_time <= ? and last_nominal > ?
         and schedule_num in (select num from s)
      union all
      select schedule_num, nominal_time, last_nominal from fire
       where kind = 0 and nominal_time <= ? and nominal_time > ?
         and schedule_num in (select schedule_num from revision
                               where partition = ? and position('jitter=' in spec) > 0)
      limit ?""";

  private final Database database;

  public StoredPartitions(Database database) {
    this.database = database;
  }

  /**
   * Reads one, and what the log has of it beyond its watermark: at most one row more than {@link
   * #MAX_STANDING}. Takes its time where much was recorded since.
   *
   * @return null if it has no row
   */
  public StoredPartition read(int partition) {
    return database
        .patient()
        .transactionResult(
            transaction -> {
              DSLContext sql = transaction.dsl();
              var row =
                  sql.selectFrom(PARTITION_STATE)
                      .where(PARTITION_STATE.ID.eq(partition))
                      .fetchOne();
              if (row == null) {
                return null;
              }
              StandingFires standing = new StandingFires();
              long after = owedAfter(sql, partition, row.getWatermark(), row.getAppliedVersion());
              sql.resultQuery(
                      STANDING,
                      partition,
                      after,
                      after,
                      after,
                      after,
                      after - ScheduleSpec.MAX_JITTER_MICROS,
                      partition,
                      MAX_STANDING + 1)
                  .fetch()
                  .forEach(
                      fire ->
                          standing.add(
                              fire.get(0, Long.class),
                              fire.get(1, Long.class),
                              Math.max(fire.get(1, Long.class), fire.get(2, Long.class))));
              return new StoredPartition(
                  row.getEpoch(), row.getWatermark(), row.getAppliedVersion(), standing);
            });
  }

  private static long owedAfter(DSLContext sql, int partition, long watermark, long applied) {
    Long after = (Long) sql.fetchValue(OWED_AFTER, watermark, partition, applied);
    return after == null ? watermark : Math.min(after, watermark);
  }
}
