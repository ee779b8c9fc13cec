package io.carillon.master.core;

/** Something that happened, for the core to hear of. */
public interface CoreInput {
  /**
   * @param now the leader's clock as it is applied
   */
  void apply(MasterCore core, long now);
}
