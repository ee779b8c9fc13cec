package io.carillon.master.operation;

import io.carillon.master.store.operations.StoredOperation.Progress;

/** What an operation does, part by part. Called by one thread at a time. */
public interface OperationWork {

  /** Answer of {@link #step}: nothing is left to do, and nothing is under way. */
  long DONE = -1;

  /**
   * Does a part, in about half a second at most. May throw what {@link
   * io.carillon.master.store.sql.DatabaseUnavailableException#explains} and is then called again.
   *
   * @param stop begin nothing more; DONE as soon as nothing is under way
   * @return how many microseconds to wait before the next part, or {@link #DONE}
   * @throws OperationFailedException to end the operation
   */
  long step(boolean stop) throws OperationFailedException;

  /** How far it has come. With an error, the operation ends as FAILED when all is done. */
  Progress progress();
}
