package io.carillon.common.config;

import com.google.common.net.HostAndPort;
import java.time.Duration;
import java.util.List;

/**
 * Who a clock node is, and whom it serves.
 *
 * @param master node ports of the masters, tried in turn
 * @param dataDir the folder where the node keeps its id, its secret and its cluster's id
 * @param nodeId the lifelong id; null: the one in the folder, which is made if there is none
 * @param weight share of the partitions relative to other nodes
 * @param drainTimeout how long to wait for the hand-over when stopped
 */
public record Node(
    @Setting(value = "Node ports of the masters, tried in turn.", label = "HOST:PORT")
        List<HostAndPort> master,
    @Setting(
            value = "Where the node keeps its id, the secret that proves it, and its cluster's id.",
            label = "FOLDER")
        String dataDir,
    @Setting(
            value =
                "The node's id for life, instead of the one in the folder. The secret that proves it"
                    + " is kept in the folder all the same: without it the id cannot be used again."
                    + " Which cluster it belongs to is then remembered only while it runs.",
            label = "ID",
            otherwise = "the one in the folder, made if there is none")
        String nodeId,
    @Setting(value = "Share of the partitions in relation to other nodes.", min = "1", max = "1000")
        int weight,
    @Setting(value = "How long to wait for the hand-over when stopped.", min = "PT0S", max = "PT1H")
        Duration drainTimeout) {

  public static final Node DEFAULTS =
      new Node(
          List.of(HostAndPort.fromParts("127.0.0.1", Listen.NODE_PORT)),
          "./carillon-data/node",
          null,
          100,
          Duration.ofSeconds(10));

  public Node {
    master = List.copyOf(master);
    Records.check(Node.class, master, dataDir, nodeId, weight, drainTimeout);
    if (master.isEmpty()) {
      throw new SettingException("master", "at least one address is needed");
    }
  }
}
