package io.carillon.master.store.operations;

/**
 * Work that takes longer than a call, as it is stored. Times in microseconds.
 *
 * @param num 0 as long as it is not stored
 * @param kind as in the API
 * @param tenant {@link #ALL} for all
 * @param subject name of what it works on
 * @param schedule of a backfill, else 0
 * @param backfill which of the schedule's backfills, from 1 on; else 0
 * @param version of a backfill: the revision whose times fire; else 0
 * @param requestId empty if it has none
 * @param request the message that began it
 * @param position up to where all is done: of a backfill a nominal time, else the number of a
 *     schedule
 * @param cancelled whether it is to stop
 * @param error what went wrong so far; empty if nothing did
 * @param endTime 0 while it runs
 */
public record StoredOperation(
    long num,
    int kind,
    int state,
    String tenant,
    String subject,
    long schedule,
    int backfill,
    long version,
    String requestId,
    byte[] request,
    String description,
    long done,
    long total,
    long position,
    boolean cancelled,
    String error,
    long createTime,
    long updateTime,
    long endTime) {

  public static final int BACKFILL = 1;
  public static final int PAUSE = 2;
  public static final int RESUME = 3;

  public static final int RUNNING = 1;
  public static final int SUCCEEDED = 2;
  public static final int CANCELLED = 3;
  public static final int FAILED = 4;

  /** The tenant of what is done to all. */
  public static final String ALL = "-";

  public boolean isRunning() {
    return endTime == 0;
  }

  /** How far an operation has come; fields as in {@link StoredOperation}. */
  public record Progress(long done, long position, String error) {}
}
