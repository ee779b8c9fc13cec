package io.carillon.chaos;

import io.carillon.bench.load.WallClock;
import io.carillon.chaos.Evidence.FaultSpan;
import io.carillon.chaos.Evidence.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What happened around a time: the least that one needs to find out why. */
final class Timeline {

  private static final long AROUND = 15_000_000;
  private static final int FEW = 4;

  private final Map<String, List<Op>> opsOf;
  private final Map<Long, List<Row>> rowsOf;
  private final List<FaultSpan> faults;
  // By partition: when the first row of each epoch was recorded.
  private final Map<Integer, NavigableMap<Long, Long>> epochs = new TreeMap<>();
  private final Map<Long, Integer> partitionOf = new TreeMap<>();

  Timeline(Map<String, List<Op>> opsOf, Map<Long, List<Row>> rowsOf, Evidence evidence) {
    this.opsOf = opsOf;
    this.rowsOf = rowsOf;
    this.faults = evidence.faults();
    for (Row row : evidence.rows()) {
      epochs
          .computeIfAbsent(row.partition(), none -> new TreeMap<>())
          .merge(row.epoch(), row.recorded(), Math::min);
      partitionOf.put(row.uid(), row.partition());
    }
  }

  /** Lines, in groups: operations, rows, epochs of the partition, faults. */
  List<String> around(String schedule, long uid, long at) {
    List<String> lines = new ArrayList<>();
    List<Op> ops = opsOf.getOrDefault(schedule, List.of());
    int next = 0;
    while (next < ops.size() && ops.get(next).ended() < at) {
      next++;
    }
    ops.subList(Math.max(0, next - FEW), Math.min(ops.size(), next + FEW))
        .forEach(op -> lines.add(op.toString()));
    List<Row> rows = rowsOf.getOrDefault(uid, List.of());
    int row = 0;
    while (row < rows.size() && rows.get(row).nominal() < at) {
      row++;
    }
    rows.subList(Math.max(0, row - FEW), Math.min(rows.size(), row + FEW))
        .forEach(near -> lines.add(near.toString()));
    Integer partition = partitionOf.get(uid);
    epochs
        .getOrDefault(partition == null ? -1 : partition, new TreeMap<>())
        .forEach(
            (epoch, first) -> {
              if (Math.abs(first - at) < AROUND) {
                lines.add(
                    "partition "
                        + partition
                        + " epoch "
                        + epoch
                        + " first seen "
                        + WallClock.show(first));
              }
            });
    for (FaultSpan fault : faults) {
      if (fault.begin() - AROUND < at && at < fault.end() + AROUND) {
        lines.add(fault.toString());
      }
    }
    return lines;
  }
}
