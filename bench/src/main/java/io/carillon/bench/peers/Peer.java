package io.carillon.bench.peers;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Timetable.Series;
import java.util.Map;

/**
 * One of the schedulers compared, as its user has it: in a process of the user's own, with which it
 * ends.
 */
interface Peer {

  /** Which there are. */
  enum Kind {
    CARILLON("Carillon"),
    DB_SCHEDULER("db-scheduler"),
    QUARTZ("Quartz");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Creates one schedule by one call. */
  void create(Series series, int number) throws Exception;

  /** Creates schedules with numbers in [from, to) by one call for all of them. */
  void createAll(Series series, int from, int to) throws Exception;

  /** Begins to execute, or goes on. What was created before fires from now on. */
  void start() throws Exception;

  /** Stops taking up executions; what is due stays due. */
  void pause() throws Exception;

  /** Version, and how it is tuned. */
  Map<String, String> settings() throws Exception;

  /** What a peer executes: notes that it was, and takes a while if that is set. */
  static final class Job {

    private final Arrivals arrivals;
    private final int millis;

    Job(Arrivals arrivals, int millis) {
      this.arrivals = arrivals;
      this.millis = millis;
    }

    /** Whether an execution holds its thread for a while. */
    boolean takesTime() {
      return millis > 0;
    }

    void run(int number, long nominal) {
      int place = arrivals.begin(number, nominal, WallClock.nowMicros());
      if (millis > 0) {
        try {
          Thread.sleep(millis);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
      arrivals.end(place, WallClock.nowMicros());
    }
  }
}
