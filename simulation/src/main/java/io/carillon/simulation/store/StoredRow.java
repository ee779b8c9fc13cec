package io.carillon.simulation.store;

import io.carillon.master.core.Mutation.Planned;

/**
 * A schedule as its latest mutation left it.
 *
 * @param write what came with that mutation
 */
public record StoredRow(long num, int partition, long version, boolean deleted, Planned latest) {

  /** What a mutation stores beside what the core knows of it. */
  public record Write(String name, String requestId, String operation) {}

  public Write write() {
    return (Write) latest.mutation().write();
  }
}
