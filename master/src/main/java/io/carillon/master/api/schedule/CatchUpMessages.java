package io.carillon.master.api.schedule;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.time.Micros;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.Timestamps;
import io.carillon.v1.CatchUp.Mode;

/** Between the API's catch-up and the core's. */
final class CatchUpMessages {

  private static final long MIN_WINDOW = 10 * Micros.PER_SECOND;
  private static final long MAX_WINDOW = 366L * 86_400 * Micros.PER_SECOND;
  private static final long DEFAULT_WINDOW = 3_600 * Micros.PER_SECOND;
  private static final long MIN_GRACE = Micros.PER_SECOND;
  private static final int MAX_COUNT = 1_000_000;

  /** Of nearly all schedules. */
  private static final CatchUp USUAL =
      new CatchUp(DEFAULT_WINDOW, CatchUp.NO_LIMIT, CatchUp.DEFAULT_GRACE_MICROS);

  private static final io.carillon.v1.CatchUp USUAL_MESSAGE = newMessage(USUAL);

  private CatchUpMessages() {}

  static CatchUp of(String field, io.carillon.v1.CatchUp given) {
    Faults faults = new Faults();
    long window = faults.in(() -> window(field + ".window", given), MAX_WINDOW);
    long grace = faults.in(() -> grace(field + ".grace", given, window), MIN_GRACE);
    int limit = faults.in(() -> limit(field, given), CatchUp.NO_LIMIT);
    faults.refuse();
    CatchUp catchUp = new CatchUp(window, limit, grace);
    return catchUp.equals(USUAL) ? USUAL : catchUp;
  }

  private static long window(String field, io.carillon.v1.CatchUp given) {
    return given.hasWindow()
        ? Timestamps.micros(
            field, given.getWindow(), MIN_WINDOW, MAX_WINDOW, "10 seconds to 366 days")
        : DEFAULT_WINDOW;
  }

  private static long grace(String field, io.carillon.v1.CatchUp given, long window) {
    return given.hasGrace()
        ? Timestamps.micros(field, given.getGrace(), MIN_GRACE, window, "1 second to the window")
        : CatchUp.DEFAULT_GRACE_MICROS;
  }

  private static int limit(String field, io.carillon.v1.CatchUp given) {
    int count = given.getMaxCount();
    if (count > 0 && (given.getMode() == Mode.LAST || given.getMode() == Mode.NONE)) {
      throw ApiException.invalid(
          field + ".max_count",
          "FIELD_OUT_OF_RANGE",
          "is for the mode ALL only: "
              + (given.getMode() == Mode.LAST
                  ? "LAST fires one missed time at most"
                  : "NONE fires no missed time")
              + "; leave it 0, or choose ALL");
    }
    if (count < 0 || count > MAX_COUNT) {
      throw ApiException.invalid(
          field + ".max_count",
          "FIELD_OUT_OF_RANGE",
          "must be 1 to " + MAX_COUNT + ", or 0 for no limit, but is " + count);
    }
    return switch (given.getMode()) {
      case MODE_UNSPECIFIED, ALL -> count == 0 ? CatchUp.NO_LIMIT : count;
      case LAST -> 1;
      case NONE -> 0;
      case UNRECOGNIZED ->
          throw ApiException.invalid(
              field + ".mode", "FIELD_OUT_OF_RANGE", "is not a mode that is known here");
    };
  }

  /** ALL of at most one is shown as LAST, which it is. */
  static io.carillon.v1.CatchUp message(CatchUp catchUp) {
    return catchUp.equals(USUAL) ? USUAL_MESSAGE : newMessage(catchUp);
  }

  private static io.carillon.v1.CatchUp newMessage(CatchUp catchUp) {
    io.carillon.v1.CatchUp.Builder message =
        io.carillon.v1.CatchUp.newBuilder()
            .setWindow(Timestamps.duration(catchUp.windowMicros()))
            .setGrace(Timestamps.duration(catchUp.graceMicros()));
    return switch (catchUp.limit()) {
      case 0 -> message.setMode(Mode.NONE).build();
      case 1 -> message.setMode(Mode.LAST).build();
      case CatchUp.NO_LIMIT -> message.setMode(Mode.ALL).build();
      default -> message.setMode(Mode.ALL).setMaxCount(catchUp.limit()).build();
    };
  }
}
