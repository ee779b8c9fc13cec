package io.carillon.bench.peers;

import io.carillon.bench.report.Report;
import java.util.List;

/** What is not equal in kind, and must be known by whoever reads the figures. */
final class PeerNotes {

  private static final List<String> NOTES =
      List.of(
          "A fire of Carillon is recorded in a ledger that stays, delivered to another process and"
              + " acknowledged by it. db-scheduler and Quartz run the job in the process that"
              + " decides, and keep no record of what fired: a one-shot's row is deleted.",
          "Carillon delivers at least once, with an id to dedupe by, and records every time exactly"
              + " once. db-scheduler and Quartz run a time once, and again if a process died while"
              + " it ran.",
          "Carillon's figures are of one master (two in the fail-over), two clock nodes and the"
              + " consumers, all processes of their own. CPU of the consumer is the client's: a"
              + " library has none of it, as the job runs in the library's own process.",
          "burst: db-scheduler and Quartz are started when all is due and the tables are vacuumed;"
              + " Carillon stands ready and all comes due at once. A tenth of the burst is run"
              + " before, to warm up.",
          "burst, steady: CPU is of all processes, from the start of the burst until half a second"
              + " after its last execution, and in the window.",
          "steady: the schedules of db-scheduler go from one time of the timetable to the next."
              + " Its own recurring tasks leave out times that were missed, and drift.",
          "steady: lateness of db-scheduler is mostly its polling interval; --poll changes it, at a"
              + " cost in CPU. Quartz takes triggers ahead and waits for their millisecond, up to"
              + " two of them before it.",
          "steady: a time that has not come two seconds after the window counts as late as it is by"
              + " then.",
          "create: neither library is started meanwhile; Carillon's cluster takes the schedules up, and"
              + " a call of it crosses to another process.",
          "fail-over: db-scheduler's heartbeat and Quartz's check-in are as short as their documents"
              + " allow or nearly so; by default (5 min × 6, 7.5 s) both take longer. Times that"
              + " never came are those that a peer left out while a schedule was held by the dead"
              + " process.",
          "fail-over: a library's process is all that Carillon divides into consumer, clock node and"
              + " master, so its one kill stands in all three. Carillon's kills follow each other,"
              + " and nothing is started again: the last meets one master, one node, one"
              + " consumer.");

  private PeerNotes() {}

  static void addTo(Report report) {
    NOTES.forEach(note -> report.note("%s", note));
  }
}
