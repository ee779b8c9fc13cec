package io.carillon.master.app;

import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.store.fires.Lanes;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the core how writes ended, and the leadership what a lane cannot settle. */
record LaneEnds(
    LeaderLoop loop,
    Consumer<Boolean> onAvailable,
    Consumer<String> onFatal,
    Consumer<Throwable> onBroken)
    implements Lanes.Listener {

  private static final Logger log = LoggerFactory.getLogger(LaneEnds.class);

  @Override
  public void committed(int attempts) {
    loop.submit((core, now) -> core.commitEnded(attempts, now));
  }

  @Override
  public void commitRefused(SortedMap<Integer, String> faults) {
    loop.submit((core, now) -> core.commitRefused(faults, now));
  }

  @Override
  public void ownersChanged() {
    loop.submit((core, now) -> core.assignmentEnded(now));
  }

  @Override
  public void ownersRefused(SortedMap<Integer, String> faults) {
    loop.submit((core, now) -> core.assignmentRefused(faults, now));
  }

  @Override
  public void mutated(List<String> rejected) {
    loop.submit((core, now) -> core.mutationsEnded(rejected, now));
  }

  @Override
  public void nodeWritten(NodeRow row) {
    loop.submit((core, now) -> core.nodeWritten(row, now));
  }

  @Override
  public void nodeRefused(NodeRow row, String reason) {
    log.error("node {} cannot be stored, its registration is refused: {}", row.id(), reason);
    loop.submit((core, now) -> core.nodeRefused(row, reason, now));
  }

  @Override
  public void available(boolean available) {
    onAvailable.accept(available);
  }

  @Override
  public void fatal(String reason) {
    onFatal.accept(reason);
  }

  @Override
  public void broken(Throwable bug) {
    onBroken.accept(bug);
  }
}
