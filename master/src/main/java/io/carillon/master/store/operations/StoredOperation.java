package io.carillon.master.store.operations;

/**
 * Work that takes longer than a call, as it is stored. Times in microseconds.
 *
 * @param backfill which of the schedule's backfills, from 1 on; of other kinds 0
 * @param cancelled whether it is to stop
 * @param endTime 0 while it runs
 */
public record StoredOperation(
    long num,
    int backfill,
    Order order,
    OperationState state,
    Progress progress,
    boolean cancelled,
    long updateTime,
    long endTime) {

  /** The tenant of what is done to all. */
  public static final String ALL = "-";

  public boolean isRunning() {
    return endTime == 0;
  }

  /**
   * What is to be done, as it was when the operation began.
   *
   * @param tenant {@link #ALL} for all
   * @param subject name of what it works on
   * @param schedule of a backfill, else 0
   * @param version of a backfill: the revision whose times fire; else 0
   * @param requestId empty if it has none
   * @param request the message that began it
   * @param total how many fires or schedules it is about
   */
  public record Order(
      OperationKind kind,
      String tenant,
      String subject,
      long schedule,
      long version,
      String requestId,
      byte[] request,
      String description,
      long total,
      long createTime) {}

  /**
   * How far an operation has come.
   *
   * @param position up to where all is done: of a backfill a nominal time, else the number of a
   *     schedule
   * @param error what went wrong so far; empty if nothing did
   */
  public record Progress(long done, long position, String error) {}
}
