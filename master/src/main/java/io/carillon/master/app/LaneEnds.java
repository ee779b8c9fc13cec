package io.carillon.master.app;

import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.write.CoreOutcomes;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.store.fires.Lanes;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the core how writes ended, and the leadership what a lane cannot settle. */
final class LaneEnds extends CoreOutcomes implements Lanes.Listener {

  private static final Logger log = LoggerFactory.getLogger(LaneEnds.class);

  private final Consumer<Boolean> onAvailable;
  private final Consumer<String> onFatal;
  private final Consumer<Throwable> onBroken;

  LaneEnds(
      LeaderLoop loop,
      Consumer<Boolean> onAvailable,
      Consumer<String> onFatal,
      Consumer<Throwable> onBroken) {
    super(loop::submit);
    this.onAvailable = onAvailable;
    this.onFatal = onFatal;
    this.onBroken = onBroken;
  }

  @Override
  public void nodeRefused(NodeRow row, String reason) {
    log.error("node {} cannot be stored, its registration is refused: {}", row.id(), reason);
    super.nodeRefused(row, reason);
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
