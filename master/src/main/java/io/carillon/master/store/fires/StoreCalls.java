package io.carillon.master.store.fires;

import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.write.StoreAnswer;
import io.carillon.master.core.write.StoreCall;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.schedules.ScheduleStore;
import io.carillon.master.store.schedules.ScheduleStore.RejectedWriteException;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.StoreMismatchException;
import io.carillon.master.store.sql.WriteFault;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;

/** Makes the calls of the lanes, each once, and says what came of it. Blocks meanwhile. */
final class StoreCalls implements StoreCall.Handler<StoreAnswer> {

  /** A write, one try. */
  private interface Write {
    void run() throws Exception;
  }

  private final FireStore fires;
  private final ScheduleStore schedules;
  private final ClusterStore cluster;
  private final long leaderEpoch;

  StoreCalls(Database database, long leaderEpoch) {
    this.fires = new FireStore(database, leaderEpoch);
    this.schedules = new ScheduleStore(database, leaderEpoch);
    this.cluster = new ClusterStore(database);
    this.leaderEpoch = leaderEpoch;
  }

  @Override
  public StoreAnswer on(StoreCall.Commit call) {
    return write(() -> fires.commit(call.plan()));
  }

  @Override
  public StoreAnswer on(StoreCall.IsCommitted call) {
    return read(() -> fires.isCommitted(call.plan()));
  }

  @Override
  public StoreAnswer on(StoreCall.FindFaults call) {
    try {
      return StoreAnswer.faults(fires.faults(call.plan()));
    } catch (Exception e) {
      return answer(ending(e), e);
    }
  }

  @Override
  public StoreAnswer on(StoreCall.ChangeOwners call) {
    return write(() -> fires.changeOwners(call.changes()));
  }

  @Override
  public StoreAnswer on(StoreCall.WriteNode call) {
    return write(() -> cluster.writeNode(call.row(), leaderEpoch));
  }

  @Override
  public StoreAnswer on(StoreCall.Mutate call) {
    return write(
        () -> {
          try {
            schedules.write(call.groups());
          } catch (RuntimeException e) {
            String reason = ScheduleStore.rejection(e);
            throw reason == null || e instanceof RejectedWriteException
                ? e
                : new RejectedWriteException(reason);
          }
        });
  }

  @Override
  public StoreAnswer on(StoreCall.IsWritten call) {
    return read(() -> schedules.isWritten(call.first()));
  }

  private static StoreAnswer write(Write write) {
    try {
      write.run();
      return StoreAnswer.DONE;
    } catch (Exception e) {
      return answer(ending(e), e);
    }
  }

  /** A read that fails for another reason than that the store is away is none of the write's. */
  private static StoreAnswer read(BooleanSupplier isThere) {
    try {
      return StoreAnswer.found(isThere.getAsBoolean());
    } catch (RuntimeException e) {
      return answer(WriteFault.of(e) == WriteFault.UNKNOWN ? Ending.UNKNOWN : Ending.BROKEN, e);
    }
  }

  private static StoreAnswer answer(Ending ending, Exception failure) {
    SortedMap<Integer, String> partitions = Collections.emptySortedMap();
    Set<PlannedGroup> groups = Set.of();
    if (failure instanceof StoreMismatchException mismatch) {
      partitions = mismatch.partitions();
    } else if (failure instanceof RejectedWriteException rejected) {
      groups = rejected.reasons();
    }
    return new StoreAnswer(ending, WriteFault.text(failure), partitions, groups, failure);
  }

  private static Ending ending(Exception failure) {
    if (failure instanceof DeposedException) {
      return Ending.STALE_EPOCH;
    }
    if (failure instanceof RejectedWriteException || failure instanceof StoreMismatchException) {
      return Ending.REJECTED;
    }
    return switch (WriteFault.of(failure)) {
      case DEPOSED -> Ending.STALE_EPOCH;
      case MISMATCH, INTEGRITY -> Ending.MISMATCH;
      case DATA -> Ending.REJECTED;
      case STATEMENT -> Ending.UNWRITABLE;
      case BUG -> Ending.BROKEN;
      case UNKNOWN -> Ending.UNKNOWN;
    };
  }
}
