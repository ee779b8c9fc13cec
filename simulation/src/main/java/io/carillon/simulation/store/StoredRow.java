package io.carillon.simulation.store;

import io.carillon.master.core.Mutation.Planned;

/** A schedule as its latest mutation left it. */
public record StoredRow(Planned latest) {

  public long num() {
    return latest.mutation().schedule();
  }

  public int partition() {
    return latest.mutation().partition();
  }

  public long version() {
    return latest.version();
  }

  public boolean deleted() {
    return latest.mutation().deletes();
  }

  /** What a client called the mutation. */
  public String operation() {
    return latest.mutation().requestId();
  }
}
