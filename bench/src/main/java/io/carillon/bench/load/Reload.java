package io.carillon.bench.load;

import io.carillon.bench.rig.ProcessRig;
import io.carillon.bench.rig.ServerProcess;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.Node;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;

/**
 * How long it takes from the kill of a process until another life or another process has loaded all
 * that it held: until every partition is recorded beyond the kill.
 *
 * @param firstMicros until the first partition was
 * @param allMicros until all were
 */
public record Reload(long firstMicros, long allMicros) {

  private static final long LIMIT_MICROS = 120_000_000;
  private static final long POLL_MILLIS = 5;

  /** What was on its way at the kill is still recorded, and is no sign of life. */
  private static final long ON_ITS_WAY_MICROS = 100_000;

  /**
   * @param again whether the process itself is started again, at once
   */
  public static Reload of(ServerProcess process, LedgerQueries ledger, boolean again)
      throws SQLException, IOException, InterruptedException {
    process.kill();
    long killed = WallClock.nowMicros();
    if (again) {
      process.restart();
    }
    long beyond = killed + ON_ITS_WAY_MICROS;
    long first = 0;
    while (true) {
      long least = ledger.number("select min(watermark) from partition_state");
      long most = ledger.number("select max(watermark) from partition_state");
      long now = WallClock.nowMicros();
      first = first == 0 && most > beyond ? now : first;
      if (least > beyond) {
        return new Reload(first - killed, now - killed);
      }
      if (now - killed > LIMIT_MICROS) {
        throw new IllegalStateException(
            "not every partition is recorded again\n" + process.logTail());
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Waits until the clock nodes say that they own so many schedules; false if they never do. */
  public static boolean awaitHeld(ProcessRig rig, long schedules) throws InterruptedException {
    long limit = WallClock.nowMicros() + LIMIT_MICROS;
    while (held(rig) != schedules) {
      if (WallClock.nowMicros() > limit) {
        return false;
      }
      Thread.sleep(100);
    }
    return true;
  }

  private static long held(ProcessRig rig) {
    return rig
        .client()
        .cluster()
        .listNodes(ListNodesRequest.getDefaultInstance())
        .getNodesList()
        .stream()
        .mapToLong(Node::getScheduleCount)
        .sum();
  }

  /** Until everything was loaded. */
  public double seconds() {
    return allMicros / 1e6;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "the first partition is recorded again after %.2f s, all after %.2f s",
        firstMicros / 1e6,
        allMicros / 1e6);
  }
}
