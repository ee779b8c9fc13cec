package io.carillon.master.core;

import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.Node.NodeReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the leader knows, at one moment. */
public record MasterReport(
    long time,
    List<NodeReportRow> nodes,
    List<PartitionRow> partitions,
    long schedules,
    long logEnd,
    Map<String, Long> counters) {

  static MasterReport of(
      long now,
      PartitionState[] states,
      Map<String, Node> nodes,
      long logEnd,
      Map<String, Long> counters) {
    Map<String, Integer> owned = new TreeMap<>();
    Map<String, Integer> kept = new TreeMap<>();
    List<PartitionRow> partitions = new ArrayList<>();
    long schedules = 0;
    for (PartitionState p : states) {
      if (p.owner != null) {
        owned.merge(p.owner, 1, Integer::sum);
      }
      if (p.standby != null) {
        kept.merge(p.standby, 1, Integer::sum);
      }
      schedules += p.scheduleCount();
      partitions.add(
          new PartitionRow(
              p.id,
              p.owner,
              p.epoch,
              p.watermark,
              p.applied,
              p.durableVersion,
              p.scheduleCount(),
              p.standby,
              p.quarantine == null ? "" : p.quarantine,
              p.quarantine == null ? 0 : p.quarantinedAt));
    }
    List<NodeReportRow> rows = new ArrayList<>();
    for (Node node : nodes.values()) {
      rows.add(
          new NodeReportRow(
              node.row(),
              owned.getOrDefault(node.id, 0),
              node.lastHeartbeat,
              node.report,
              node.hold,
              kept.getOrDefault(node.id, 0)));
    }
    return new MasterReport(now, rows, partitions, schedules, logEnd, counters);
  }

  /**
   * A node.
   *
   * @param hold why it is given no partitions though it lives; empty if it is given some
   * @param standbys partitions that it keeps loaded for others
   */
  public record NodeReportRow(
      NodeRow node,
      int partitions,
      long lastHeartbeat,
      NodeReport said,
      String hold,
      int standbys) {}

  /**
   * A partition; owner and standby may be null.
   *
   * @param quarantine what stands in the way of it, so that it is set aside; empty if it is not
   */
  public record PartitionRow(
      int id,
      String owner,
      long epoch,
      long watermark,
      long applied,
      long version,
      long schedules,
      String standby,
      String quarantine,
      long quarantinedAt) {}
}
