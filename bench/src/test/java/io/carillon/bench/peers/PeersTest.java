package io.carillon.bench.peers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.bench.SmallRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All peers on a burst that is small. Its checks say that each executed all of it, once. */
@Tag("trial")
final class PeersTest {

  /** Carillon is several times as fast as db-scheduler; this is not that any more. */
  private static final double COLLAPSE = 0.3;

  @TempDir Path folder;

  @Test
  void everyPeerExecutesItsBurstAndCarillonDoesNotCollapse() {
    SmallRun run =
        SmallRun.of(
            "peers",
            "--work",
            "burst",
            "--burst",
            "2000",
            "--burst-quartz",
            "60",
            "--folder",
            folder.toString());
    SmallRun.Row rates = run.row("measure", "executions/s, first to last");
    assertTrue(rates.number("Quartz") > 0, rates::toString);
    double other = rates.number("db-scheduler");
    assertTrue(other > 0, rates::toString);
    assertTrue(rates.number("Carillon") >= COLLAPSE * other, rates::toString);
  }
}
