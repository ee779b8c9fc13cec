package io.carillon.master.core.write;

import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.write.WriteTries.Ending;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;

/**
 * How a call of the store ended.
 *
 * @param reason why, if it is not COMMITTED; for clients and operators
 * @param partitions those at fault, and what is stored of each
 * @param groups of mutations that are refused whatever else is written; empty: not known
 * @param failure what the shell caught, for its own log; null if it caught nothing
 */
public record StoreAnswer(
    Ending ending,
    String reason,
    SortedMap<Integer, String> partitions,
    Set<PlannedGroup> groups,
    Throwable failure) {

  public static final StoreAnswer DONE = of(Ending.COMMITTED, "");

  public static StoreAnswer of(Ending ending, String reason) {
    return of(ending, reason, Set.of());
  }

  /** Of mutations, with the groups that are the reason. */
  public static StoreAnswer of(Ending ending, String reason, Set<PlannedGroup> groups) {
    return new StoreAnswer(ending, reason, Collections.emptySortedMap(), groups, null);
  }

  /** Of a read: something is there, or is not. */
  public static StoreAnswer found(boolean found) {
    return found ? DONE : of(Ending.REJECTED, "not there");
  }

  /** Of a look for the partitions that are refused; empty: none is by itself. */
  public static StoreAnswer faults(SortedMap<Integer, String> partitions) {
    return new StoreAnswer(Ending.COMMITTED, "", partitions, Set.of(), null);
  }
}
