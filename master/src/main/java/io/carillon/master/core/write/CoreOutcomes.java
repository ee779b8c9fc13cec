package io.carillon.master.core.write;

import io.carillon.master.core.CoreInput;
import io.carillon.master.core.MasterCommand.NodeRow;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;

/** Tells the core. */
public class CoreOutcomes implements Outcomes {

  private final Consumer<CoreInput> core;

  /**
   * @param core takes what the core is to hear of, in order
   */
  public CoreOutcomes(Consumer<CoreInput> core) {
    this.core = core;
  }

  @Override
  public void committed(int attempts) {
    core.accept((c, now) -> c.commitEnded(attempts, now));
  }

  @Override
  public void commitRefused(SortedMap<Integer, String> faults) {
    core.accept((c, now) -> c.commitRefused(faults, now));
  }

  @Override
  public void ownersChanged() {
    core.accept((c, now) -> c.assignmentEnded(now));
  }

  @Override
  public void ownersRefused(SortedMap<Integer, String> faults) {
    core.accept((c, now) -> c.assignmentRefused(faults, now));
  }

  @Override
  public void mutated(List<String> rejected) {
    core.accept((c, now) -> c.mutationsEnded(rejected, now));
  }

  @Override
  public void nodeWritten(NodeRow row) {
    core.accept((c, now) -> c.nodeWritten(row, now));
  }

  @Override
  public void nodeRefused(NodeRow row, String reason) {
    core.accept((c, now) -> c.nodeRefused(row, reason, now));
  }
}
