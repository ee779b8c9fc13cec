package io.carillon.master.core.write;

import io.carillon.master.core.MasterCommand.NodeRow;
import java.util.List;
import java.util.SortedMap;

/** Hears how writes of the core ended, of each once. */
public interface Outcomes {

  /**
   * It is durable.
   *
   * @param attempts how often it was tried
   */
  void committed(int attempts);

  /** Nothing of the commit happened: for each partition at fault, what stands in the way. */
  void commitRefused(SortedMap<Integer, String> faults);

  void ownersChanged();

  /** No owner was changed: for each partition at fault, what is stored of it. */
  void ownersRefused(SortedMap<Integer, String> faults);

  /** For each group null if it is durable, else why it was refused. */
  void mutated(List<String> rejected);

  void nodeWritten(NodeRow row);

  /** The row cannot be stored, and why. */
  void nodeRefused(NodeRow row, String reason);
}
