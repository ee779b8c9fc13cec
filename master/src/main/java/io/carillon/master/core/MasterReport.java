package io.carillon.master.core;

import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.Node.NodeReport;
import java.util.List;
import java.util.Map;

/** What the leader knows, at one moment. */
public record MasterReport(
    long time,
    List<NodeReportRow> nodes,
    List<PartitionRow> partitions,
    long schedules,
    long logEnd,
    Map<String, Long> counters) {

  /** A node. */
  public record NodeReportRow(NodeRow node, int partitions, long lastHeartbeat, NodeReport said) {}

  /** A partition. */
  public record PartitionRow(
      int id,
      String owner,
      long epoch,
      long watermark,
      long applied,
      long version,
      long schedules) {}
}
