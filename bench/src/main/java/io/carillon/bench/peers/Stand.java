package io.carillon.bench.peers;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A peer standing in an empty database, ready for one kind of work. */
interface Stand extends AutoCloseable {

  Peer.Kind kind();

  /** Those in which jobs run. The first also creates. */
  List<PeerProcess> processes();

  /** Of servers that it needs beside the processes in which jobs run; zero if there are none. */
  Duration serverCpu();

  /** Vacuum, analyze, checkpoint. */
  void settle() throws Exception;

  /** How many schedules there are, as its tables have it. */
  long stored() throws Exception;

  /** Version, processes, tuning. */
  Map<String, String> settings();

  /** What is wrong with what the peer itself has written down of its executions; empty: nothing. */
  default String audit(Timetable timetable) throws Exception {
    return "";
  }

  @Override
  void close() throws Exception;
}
