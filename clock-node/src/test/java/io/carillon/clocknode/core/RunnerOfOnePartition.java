package io.carillon.clocknode.core;

import io.carillon.clocknode.core.PartitionUpdate.Close;
import io.carillon.clocknode.core.PartitionUpdate.Revision;
import io.carillon.clocknode.core.PartitionUpdate.SnapshotStart;
import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import java.util.ArrayList;
import java.util.List;

/** A partition that is told of its revisions, and stepped. */
abstract class RunnerOfOnePartition {

  static final long OPEN = Long.MAX_VALUE;
  static final CatchUp WIDE = CatchUp.all(1L << 50);
  static final SkipReason WINDOW = SkipReason.CATCHUP_WINDOW;
  final PartitionRunner runner = new PartitionRunner(3, 7, Every.specs());
  final EventColumns scratch = new EventColumns(4);

  static PartitionUpdate update(
      SnapshotStart start, List<Revision> revisions, List<Close> closes, long mark) {
    return new PartitionUpdate(3, 7, start, revisions, closes, mark, false);
  }

  static Revision every(long period, long schedule, long version, long from, long to) {
    return new Revision(schedule, version, from, to, "every " + period, WIDE, Long.MIN_VALUE);
  }

  static CatchUp window(long micros) {
    return CatchUp.all(micros);
  }

  void list(long watermark, long applied, long mark, Revision... revisions) {
    runner.onUpdate(
        update(new SnapshotStart(watermark, applied), List.of(revisions), List.of(), mark));
  }

  void change(long mark, List<Revision> opened, List<Close> closed) {
    runner.onUpdate(update(null, opened, closed, mark));
  }

  BatchPart take(long now) {
    return runner.take(now, 1000, false, scratch);
  }

  /** As {@code schedule@due}. */
  static List<String> events(BatchPart part) {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < part.events().size(); i++) {
      events.add(part.events().schedule(i) + "@" + part.events().due(i));
    }
    return events;
  }
}
