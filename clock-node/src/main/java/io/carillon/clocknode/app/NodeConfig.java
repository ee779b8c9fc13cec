package io.carillon.clocknode.app;

import com.google.common.net.HostAndPort;
import io.carillon.clocknode.core.NodeLimits;
import io.carillon.common.config.Node;
import io.carillon.common.config.Records;
import io.carillon.common.config.Ticking;
import io.carillon.transport.Addresses;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a clock node runs: a record for each concern. Change one by {@link Records#with}. */
public record NodeConfig(Node node, Ticking ticking) {

  public NodeConfig {
    nodeId(node).ifPresent(NodeIdentity::checked);
  }

  /** The defaults, for masters at these addresses. */
  public static NodeConfig of(Path dataDir, List<String> masters) {
    return of(dataDir, masters, null);
  }

  /** The same under an id that is given, and not kept in the folder. */
  public static NodeConfig of(Path dataDir, List<String> masters, String nodeId) {
    Node node =
        Records.with(
            Node.DEFAULTS,
            Map.of(
                "dataDir",
                dataDir.toString(),
                "master",
                masters.stream().map(Addresses::parse).toList()));
    return new NodeConfig(Records.with(node, "nodeId", nodeId), Ticking.DEFAULTS);
  }

  private static Optional<String> nodeId(Node node) {
    return Optional.ofNullable(node.nodeId());
  }

  /** The lifelong id, if it is given and not kept in the folder. */
  Optional<String> nodeId() {
    return nodeId(node);
  }

  /** Where the id is kept, if none is given. */
  Path dataDir() {
    return Path.of(node.dataDir());
  }

  /** Where masters are, {@code host:port}, tried in turn. */
  public List<String> masters() {
    return node.master().stream().map(HostAndPort::toString).toList();
  }

  int weight() {
    return node.weight();
  }

  NodeLimits limits() {
    return NodeLimits.of(ticking);
  }
}
