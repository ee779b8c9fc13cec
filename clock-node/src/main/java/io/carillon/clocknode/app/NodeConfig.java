package io.carillon.clocknode.app;

import io.carillon.clocknode.core.NodeLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a clock node runs. Begin with {@link #of} and change what is to differ.
 *
 * @param nodeId the lifelong id, if it is given and not kept in the data directory
 * @param dataDir where the id is kept, if none is given, and the secret that proves it
 * @param masters {@code host:port} of the masters, tried in turn
 * @param weight share of the partitions relative to other nodes, 1 to 1000
 * @param tickSpacing least distance between two pushes
 * @param eventsPerPartitionStep most events of a partition in one batch, apart from ties
 * @param eventsPerBatch most events in one batch, apart from ties
 * @param pendingBatches most batches that are not acknowledged
 * @param pendingEvents at this many events not acknowledged the node stops taking, and runs late
 */
public record NodeConfig(
    Optional<String> nodeId,
    Path dataDir,
    List<String> masters,
    int weight,
    Duration tickSpacing,
    int eventsPerPartitionStep,
    int eventsPerBatch,
    int pendingBatches,
    int pendingEvents) {

  public NodeConfig {
    nodeId.ifPresent(NodeIdentity::checked);
    masters = List.copyOf(masters);
    if (masters.isEmpty()) {
      throw new IllegalArgumentException("masters: at least one address is needed");
    }
    if (weight < 1 || weight > 1000) {
      throw new IllegalArgumentException("weight is " + weight + "; allowed are 1 to 1000");
    }
    if (tickSpacing.isNegative() || tickSpacing.compareTo(Duration.ofMillis(500)) > 0) {
      throw new IllegalArgumentException(
          "tickSpacing is " + tickSpacing + "; allowed are 0 to 500 ms");
    }
    if (eventsPerPartitionStep < 1
        || eventsPerBatch < 1
        || pendingBatches < 1
        || pendingEvents < eventsPerBatch) {
      throw new IllegalArgumentException(
          "bounds must be positive, and pendingEvents not below eventsPerBatch");
    }
  }

  /** The defaults, for masters at these addresses. */
  public static NodeConfig of(Path dataDir, List<String> masters) {
    NodeLimits limits = NodeLimits.DEFAULT;
    return new NodeConfig(
        Optional.empty(),
        dataDir,
        masters,
        100,
        Duration.ofNanos(limits.spacingMicros() * 1000),
        limits.eventsPerPartition(),
        limits.eventsPerBatch(),
        limits.pendingBatches(),
        limits.pendingEvents());
  }

  public NodeConfig withNodeId(String id) {
    return new NodeConfig(
        Optional.of(id),
        dataDir,
        masters,
        weight,
        tickSpacing,
        eventsPerPartitionStep,
        eventsPerBatch,
        pendingBatches,
        pendingEvents);
  }

  public NodeConfig withWeight(int weight) {
    return new NodeConfig(
        nodeId,
        dataDir,
        masters,
        weight,
        tickSpacing,
        eventsPerPartitionStep,
        eventsPerBatch,
        pendingBatches,
        pendingEvents);
  }

  public NodeConfig withTickSpacing(Duration tickSpacing) {
    return new NodeConfig(
        nodeId,
        dataDir,
        masters,
        weight,
        tickSpacing,
        eventsPerPartitionStep,
        eventsPerBatch,
        pendingBatches,
        pendingEvents);
  }

  /** Bounds on what is taken at once, and on what may wait for the master. */
  public NodeConfig withBounds(
      int eventsPerPartitionStep, int eventsPerBatch, int pendingBatches, int pendingEvents) {
    return new NodeConfig(
        nodeId,
        dataDir,
        masters,
        weight,
        tickSpacing,
        eventsPerPartitionStep,
        eventsPerBatch,
        pendingBatches,
        pendingEvents);
  }

  NodeLimits limits() {
    return new NodeLimits(
        tickSpacing.toNanos() / 1000,
        NodeLimits.DEFAULT.idleMicros(),
        eventsPerPartitionStep,
        eventsPerBatch,
        pendingBatches,
        pendingEvents);
  }
}
