package io.carillon.master.store;

import static io.carillon.master.store.jooq.Tables.VERIFICATION;

import io.carillon.master.core.ledger.Settled;
import java.util.Map;
import java.util.TreeMap;
import org.jooq.BatchBindStep;
import org.jooq.DSLContext;

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
              BatchBindStep batch =
                  sql.batch(
                      sql.update(VERIFICATION)
                          .set(VERIFICATION.VERIFIED_TIME, 0L)
                          .set(VERIFICATION.VERIFIED_VERSION, 0L)
                          .set(VERIFICATION.CHECKED, 0L)
                          .set(VERIFICATION.GAPS, 0L)
                          .where(VERIFICATION.PARTITION.eq(0)));
              for (Map.Entry<Integer, Seen> one : partitions.entrySet()) {
                Seen seen = one.getValue();
                batch =
                    batch.bind(
                        seen.upTo().watermark(),
                        seen.upTo().appliedVersion(),
                        seen.checked(),
                        seen.gaps(),
                        one.getKey());
              }
              batch.execute();
            });
  }
}
