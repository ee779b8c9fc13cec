package io.carillon.master.store.fires;

import static io.carillon.master.store.jooq.Tables.FIRE_NOTE;
import static io.carillon.master.store.jooq.Tables.VERIFICATION;

import io.carillon.master.core.ledger.Settled;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.lead.LeaderFence;
import io.carillon.master.store.sql.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jooq.DSLContext;
import org.postgresql.PGConnection;

/** How far the leader has checked the ledger: kept, so that the next one goes on. Blocking. */
public final class Verifications {

  private final Database database;
  private final long epoch;

  /**
   * @param epoch of the leader, which every write is fenced on
   */
  public Verifications(Database database, long epoch) {
    this.database = database;
    this.epoch = epoch;
  }

  /**
   * What was checked of a partition.
   *
   * @param upTo all that was due up to this watermark, for revisions up to its version
   * @param checked nominal times, and how many of them were in gaps
   */
  public record Seen(Settled upTo, long checked, long gaps) {}

  /** Of all partitions, by number. */
  public TreeMap<Integer, Seen> all() {
    TreeMap<Integer, Seen> all = new TreeMap<>();
    database
        .api()
        .selectFrom(VERIFICATION)
        .forEach(
            row ->
                all.put(
                    row.getPartition(),
                    new Seen(
                        new Settled(row.getVerifiedTime(), row.getVerifiedVersion()),
                        row.getChecked(),
                        row.getGaps())));
    return all;
  }

  /** How many scheduled fires were made up for since the cluster was made. */
  public long repaired() {
    return database.api().fetchCount(FIRE_NOTE, FIRE_NOTE.KIND.eq((short) 0));
  }

  /**
   * Stores what is known of some partitions now.
   *
   * @throws DeposedException if another master leads
   */
  public void write(Map<Integer, Seen> partitions) {
    database
        .api()
        .transaction(
            transaction -> {
              DSLContext sql = transaction.dsl();
              LeaderFence.hold(sql, epoch);
              sql.connection(connection -> write(connection, partitions));
            });
  }

  /** By one statement: as many as there are partitions would cost more than the check itself. */
  private static void write(Connection connection, Map<Integer, Seen> partitions)
      throws SQLException {
    String text =
        "update verification v set verified_time = u.until, verified_version = u.version,"
            + " checked = u.checked, gaps = u.gaps from unnest(?, ?, ?, ?, ?) as u (partition,"
            + " until, version, checked, gaps) where v.partition = u.partition";
    PGConnection arrays = connection.unwrap(PGConnection.class);
    try (PreparedStatement update = connection.prepareStatement(text)) {
      int[] numbers = partitions.keySet().stream().mapToInt(Integer::intValue).toArray();
      update.setArray(1, arrays.createArrayOf("int4", numbers));
      List<ToLongFunction<Seen>> columns =
          List.of(
              seen -> seen.upTo().watermark(),
              seen -> seen.upTo().appliedVersion(),
              Seen::checked,
              Seen::gaps);
      for (int i = 0; i < columns.size(); i++) {
        long[] values = partitions.values().stream().mapToLong(columns.get(i)).toArray();
        update.setArray(i + 2, arrays.createArrayOf("int8", values));
      }
      update.executeUpdate();
    }
  }
}
