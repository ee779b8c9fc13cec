package io.carillon.bench.load;

import io.carillon.bench.load.LedgerQueries.Position;
import java.sql.SQLException;
import java.util.Optional;

/**
 * One time that a herd was due, as it looks from outside: what a reader of the database sees
 * recorded, what consumers have been given, and what the stored delivery cursor has passed.
 */
public final class HerdRound {

  private static final long SAMPLE_MILLIS = 10;

  private final long due;
  private final long fires;
  private final RisingCount recorded = new RisingCount();
  private final RisingCount delivered = new RisingCount();
  private final RisingCount acknowledged = new RisingCount();
  private boolean whole;

  private HerdRound(long due, long fires) {
    this.due = due;
    this.fires = fires;
  }

  /**
   * Looks on until all that is due is recorded, delivered and acknowledged, or the limit passes.
   *
   * @param consumer if there is none, nothing is delivered
   * @param limitMicros after the time that they are due
   */
  public static HerdRound watch(
      LedgerQueries ledger, Optional<FireConsumer> consumer, long due, long fires, long limitMicros)
      throws SQLException, InterruptedException {
    HerdRound round = new HerdRound(due, fires);
    Position before = ledger.position();
    long givenBefore = consumer.map(FireConsumer::received).orElse(0L);
    while (!round.whole && WallClock.nowMicros() < due + limitMicros) {
      Position position = ledger.position();
      long now = WallClock.nowMicros();
      long nowRecorded = position.lastSeq() - before.lastSeq();
      long nowGiven = consumer.map(FireConsumer::received).orElse(0L) - givenBefore;
      // The cursor may lie behind what is recorded at first; only what this round adds counts.
      long nowAcknowledged = Math.max(0, position.cursor() - before.lastSeq());
      round.recorded.sample(now, nowRecorded);
      round.delivered.sample(now, nowGiven);
      round.acknowledged.sample(now, nowAcknowledged);
      round.whole =
          nowRecorded >= fires
              && (consumer.isEmpty() || (nowGiven >= fires && nowAcknowledged >= fires));
      Thread.sleep(SAMPLE_MILLIS);
    }
    return round;
  }

  /** Whether all came in time. */
  public boolean whole() {
    return whole;
  }

  public long due() {
    return due;
  }

  public long fires() {
    return fires;
  }

  /** From the time that they were due until a part of them was seen; 0: until the first was. */
  public double seconds(RisingCount count, double part) {
    return (count.reached(Math.max(1, Math.round(part * fires))) - due) / 1e6;
  }

  public RisingCount recorded() {
    return recorded;
  }

  public RisingCount delivered() {
    return delivered;
  }

  public RisingCount acknowledged() {
    return acknowledged;
  }
}
