package io.carillon.master.api.schedule;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.CommitPlan.BackfillResult;
import io.carillon.master.operation.OperationFailedException;
import io.carillon.master.operation.OperationWork;
import io.carillon.master.store.fires.LogPartitions;
import io.carillon.master.store.operations.Operations;
import io.carillon.master.store.operations.StoredOperation;
import io.carillon.master.store.operations.StoredOperation.Progress;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fires every time of a revision's spec in a range of the past, chunk by chunk at a limited rate.
 *
 * <p>Each fires once, whatever happens to masters: one chunk is under way at a time, the next is
 * not begun before it is known what became of it, and a new leader goes on after the last time that
 * the log has.
 */
final class Backfill implements OperationWork {

  static final int MOST_PER_CHUNK = 500;

  /** Each day of the log is a table, which the fire path has to look for. */
  private static final int MOST_DAYS_PER_CHUNK = 10;

  private static final int CHUNKS_PER_SECOND = 10;
  private static final long DAY = 86_400_000_000L;
  private static final long SECOND = 1_000_000;
  private static final long OVERLOAD_PAUSE_MICROS = 100_000;
  private static final long PATIENCE_MICROS = 300_000;
  private static final long[] NONE = {};

  /** The times to fire: {@code [from, to)}, at most so many a second. */
  record Range(long from, long to, int firesPerSecond) {}

  private final StoredOperation operation;
  private final Range range;
  private final Operations operations;
  private final LogPartitions days;
  private final ScheduleWrites writes;
  private final SpecInterner interner;
  private final TimeSource time;

  private Occurrences times;
  private int destination;
  private long lookedAt;
  private long position;
  private long done;
  private long[] chunk = NONE;
  private CompletableFuture<BackfillResult> underWay;

  /** When the next chunk may begin, on the monotonic clock. */
  private long next;

  Backfill(
      StoredOperation operation,
      Range range,
      Operations operations,
      LogPartitions days,
      ScheduleWrites writes,
      SpecInterner interner,
      TimeSource time) {
    this.operation = operation;
    this.range = range;
    this.operations = operations;
    this.days = days;
    this.writes = writes;
    this.interner = interner;
    this.time = time;
    this.position = operation.progress().position();
    this.done = operation.progress().done();
    this.next = time.monotonicMicros();
  }

  @Override
  public Progress progress() {
    return new Progress(done, position, "");
  }

  @Override
  public long step(boolean stop) throws OperationFailedException {
    if (times == null) {
      restore();
    }
    if (underWay != null && !settle()) {
      return 0;
    }
    if (stop) {
      return DONE;
    }
    long now = time.monotonicMicros();
    if (next > now) {
      return next - now;
    }
    if (chunk.length == 0) {
      chunk = nextChunk();
      if (chunk.length == 0) {
        return DONE;
      }
      days.ensureFor(chunk);
    }
    checkDestination(now);
    // What was not used in time is not made up for.
    next = Math.max(next, now - SECOND / CHUNKS_PER_SECOND);
    next += chunk.length * SECOND / range.firesPerSecond();
    underWay = writes.backfill(operation, destination, chunk);
    return settle() ? Math.max(0, next - time.monotonicMicros()) : 0;
  }

  private void restore() {
    Operations.Origin origin =
        operations.origin(operation.order().schedule(), operation.order().version());
    Occurrences all = interner.intern(origin.spec());
    count(all);
    destination = origin.destination();
    times = all;
  }

  /** A chunk, or a part of it, may have been recorded without that being noted: the log knows. */
  private void count(Occurrences all) {
    long recorded =
        operations
            .lastRecorded(
                operation.order().schedule(), operation.backfill(), range.from(), range.to())
            .orElse(Long.MIN_VALUE);
    position = Math.max(position, recorded);
    done = all.count(range.from() - 1, position);
  }

  private long[] nextChunk() {
    int most = Math.max(1, Math.min(MOST_PER_CHUNK, range.firesPerSecond() / CHUNKS_PER_SECOND));
    long[] nominals = new long[most];
    int size = 0;
    int dayCount = 0;
    long day = Long.MIN_VALUE;
    long nominal = position;
    while (size < most && (nominal = times.nextAfter(nominal)) < range.to()) {
      if (Math.floorDiv(nominal, DAY) != day) {
        day = Math.floorDiv(nominal, DAY);
        if (++dayCount > MOST_DAYS_PER_CHUNK) {
          break;
        }
      }
      nominals[size++] = nominal;
    }
    return Arrays.copyOf(nominals, size);
  }

  /** Its fires must have somewhere to go, also where the schedule has another destination now. */
  private void checkDestination(long now) throws OperationFailedException {
    if (lookedAt != 0 && now - lookedAt < SECOND) {
      return;
    }
    if (!operations.isDestinationThere(destination)) {
      throw new OperationFailedException(
          "the destination that the schedule had was deleted: begin a backfill of the rest, from "
              + Micros.format(position + 1)
              + " on");
    }
    lookedAt = now;
  }

  /** Whether it is known what became of the chunk under way. */
  private boolean settle() throws OperationFailedException {
    BackfillResult result;
    try {
      result = underWay.get(PATIENCE_MICROS, TimeUnit.MICROSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    if (result.recorded()) {
      position = chunk[chunk.length - 1];
      done += chunk.length;
      chunk = NONE;
    } else if (result.reason().equals("OVERLOADED")) {
      next = time.monotonicMicros() + OVERLOAD_PAUSE_MICROS;
    } else {
      count(times);
      throw new OperationFailedException(
          result.reason().equals("SCHEDULE_NOT_FOUND")
              ? "the schedule was deleted; what was recorded stays"
              : result.reason().equals(ScheduleWrites.QUARANTINED)
                  ? "the partition of the schedule was set aside (QUARANTINED); what was recorded"
                      + " stays. Once it is repaired, begin another backfill from there"
                  : "the fires were refused: " + result.reason());
    }
    underWay = null;
    return true;
  }
}
