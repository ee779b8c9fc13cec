package io.carillon.master.core.delivery;

import io.carillon.master.core.FireColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What PostgreSQL would have of one destination. */
final class ModelStore {

  static final int DESTINATION = 5;

  /** seq of the destination's fires → row in its block. */
  final NavigableMap<Long, FireColumns> log = new TreeMap<>();

  final NavigableMap<Long, ParkedRow> parked = new TreeMap<>();
  long cursor;
  Progress progress = Progress.NONE;
  long logEnd;

  void commit(FireColumns block) {
    for (int row = 0; row < block.size(); row++) {
      if (block.destination[row] == DESTINATION && block.skipReason[row] == 0) {
        log.put(block.firstSeq() + row, block);
      }
    }
    logEnd = block.lastSeq();
  }

  Fires fires(Iterable<Long> seqs) {
    Fires fires = new Fires(4);
    for (long seq : seqs) {
      FireColumns block = log.get(seq);
      fires.copy(block, (int) (seq - block.firstSeq()), fires.append());
    }
    return fires;
  }

  /** An answer to a read, as of the time of this call. */
  record LogAnswer(LogRead request, Fires rows, long coveredTo) {}

  LogAnswer read(LogRead request) {
    List<Long> seqs = new ArrayList<>();
    long covered = request.upTo();
    for (long seq : log.subMap(request.after(), false, request.upTo(), true).keySet()) {
      seqs.add(seq);
      if (seqs.size() == request.limit()) {
        covered = seq;
        break;
      }
    }
    return new LogAnswer(request, fires(seqs), covered);
  }

  record ParkedAnswer(ParkedRead request, Fires rows, long[] nextMicros) {}

  ParkedAnswer read(ParkedRead request) {
    List<ParkedRow> rows =
        parked.values().stream()
            .filter(row -> !row.dead())
            .filter(
                row ->
                    row.nextMicros() > request.afterMicros()
                        || (row.nextMicros() == request.afterMicros()
                            && row.seq() > request.afterSeq()))
            .sorted(Comparator.comparing(ParkedRow::nextMicros).thenComparing(ParkedRow::seq))
            .limit(request.limit())
            .toList();
    Fires fires = fires(rows.stream().map(ParkedRow::seq).toList());
    for (int i = 0; i < rows.size(); i++) {
      fires.attempt[i] = rows.get(i).attempts();
    }
    return new ParkedAnswer(
        request, fires, rows.stream().mapToLong(ParkedRow::nextMicros).toArray());
  }

  void apply(Settlement settlement) {
    for (ParkedRow row : settlement.parked()) {
      parked.merge(row.seq(), row, (before, after) -> after.over(before));
    }
    for (long seq : settlement.settled()) {
      parked.remove(seq);
    }
    cursor = Math.max(cursor, settlement.cursor());
    progress = settlement.progress();
  }

  /** How often a fire was delivered as far as is stored; {@link Progress#SETTLED}: it is done. */
  int attempts(long seq) {
    ParkedRow row = parked.get(seq);
    if (row != null) {
      return row.dead() ? Progress.SETTLED : row.attempts();
    }
    if (seq <= cursor) {
      return Progress.SETTLED;
    }
    int stretch = progress.find(seq);
    return stretch < progress.size() ? progress.attempts(stretch) : 0;
  }

  long deadLetters() {
    return parked.values().stream().filter(ParkedRow::dead).count();
  }

  /**
   * Reads what a dispatcher wants to be read, once of each kind; answers how many rows of the log.
   */
  int answerReads(Dispatcher dispatcher, long now) {
    int logRows = 0;
    LogRead log = dispatcher.wantedLogRead();
    if (log != null) {
      LogAnswer answer = read(log);
      logRows = answer.rows().size();
      dispatcher.onLogRead(log, answer.rows(), answer.coveredTo());
    }
    ParkedRead parked = dispatcher.wantedParkedRead(now);
    if (parked != null) {
      ParkedAnswer answer = read(parked);
      dispatcher.onParkedRead(parked, answer.rows(), answer.nextMicros(), now);
    }
    return logRows;
  }
}
