package io.carillon.master.store.fires;

import io.carillon.master.core.FireColumns;
import io.carillon.master.store.sql.Database;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Set;
import org.jooq.DSLContext;

/**
 * The log is partitioned by day of the nominal time, so that retention can drop whole days. Days
 * are made as the first fire of each comes along; the next day is made ahead, so that midnight has
 * no herd and a table to make at once.
 */
public final class LogPartitions {

  private static final long DAY = 86_400_000_000L;

  /** First half of the key of the lock under which days are made. */
  private static final int LOCK_CLASS = 0x0ca51111;

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd").withZone(ZoneOffset.UTC);

  private final Database database;
  private final Set<Long> known = new HashSet<>();

  public LogPartitions(Database database) {
    this.database = database;
  }

  /** Believes nothing of what was made before: somebody may have taken it away. */
  void forget() {
    known.clear();
  }

  /** Makes sure that every fire of the commit has a place. */
  void ensureFor(FireColumns fires) {
    long sure = Long.MIN_VALUE;
    for (int i = 0; i < fires.size(); i++) {
      long day = Math.floorDiv(fires.nominalMicros[i], DAY);
      if (day != sure) {
        ensure(day);
        sure = day;
      }
    }
    long soon = Math.floorDiv(fires.recordedAtMicros() + DAY / 24, DAY);
    ensure(soon);
  }

  /**
   * Makes sure that fires of these nominal times have a place, before the fire lane needs it. Not
   * of the object that the fire lane uses.
   */
  public synchronized void ensureFor(long[] nominals) {
    for (long nominal : nominals) {
      ensure(Math.floorDiv(nominal, DAY));
    }
  }

  /**
   * Brings the index by seq up to the end of the log: pages that are new to it would be read whole.
   * Cheap when little is new; call it every few seconds.
   */
  public void summarize() {
    database
        .patient()
        .fetch(
            "select brin_summarize_new_values(c.oid::regclass) from pg_inherits i"
                + " join pg_class c on c.oid = i.inhrelid"
                + " where i.inhparent = 'fire_seq'::regclass order by c.relname desc limit 3");
  }

  private void ensure(long day) {
    if (known.contains(day)) {
      return;
    }
    String name = "fire_" + NAME.format(Instant.EPOCH.plusSeconds(day * 86_400));
    // Made beside the log and then attached, which readers and writers of other days do not notice.
    database
        .core()
        .transaction(
            transaction -> {
              DSLContext sql = transaction.dsl();
              // Two that make the same day at once would fail, "if not exists" or not.
              sql.execute(
                  "select pg_advisory_xact_lock(?, hashtext(current_schema()))", LOCK_CLASS);
              sql.execute("create table if not exists " + name + " (like fire including all)");
              boolean attached =
                  sql.fetchSingle(
                          "select relispartition from pg_class where oid = ?::regclass", name)
                      .get(0, Boolean.class);
              if (!attached) {
                sql.execute(
                    "alter table fire attach partition "
                        + name
                        + " for values from ("
                        + day * DAY
                        + ") to ("
                        + (day + 1) * DAY
                        + ")");
              }
            });
    known.add(day);
  }
}
