package io.carillon.clocknode.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster that the node belongs to: the first one that it served. Another would take its id for
 * one of its own, and give it partitions whose watermarks mean other things.
 *
 * <p>Kept beside the id in the data directory. A node whose id was given has no such place, and
 * remembers its cluster only while it runs. Used by one thread.
 */
final class HomeCluster {

  /** The file in the data directory that holds the cluster's uid. */
  static final String FILE = "cluster-uid";

  private static final Logger LOG = LoggerFactory.getLogger(HomeCluster.class);

  private final Path file;
  private String uid;

  private HomeCluster(Path file, String uid) {
    this.file = file;
    this.uid = uid;
  }

  static HomeCluster unkept() {
    return new HomeCluster(null, "");
  }

  static HomeCluster of(Path dataDir) throws IOException {
    Path file = dataDir.resolve(FILE);
    return new HomeCluster(file, Files.exists(file) ? Files.readString(file).strip() : "");
  }

  /** Why the node must not serve a cluster; null if it may. */
  String refusal(String clusterUid) {
    if (clusterUid.isEmpty() || clusterUid.equals(uid)) {
      return null;
    }
    if (uid.isEmpty()) {
      uid = clusterUid;
      keep();
      return null;
    }
    return "this node belongs to cluster %s, but the master is one of cluster %s: %s"
        .formatted(
            uid,
            clusterUid,
            file == null
                ? "give it masters of one cluster"
                : "give it the masters of its cluster, or another data directory than "
                    + file.toAbsolutePath().normalize().getParent());
  }

  private void keep() {
    if (file == null) {
      return;
    }
    Path beside = file.resolveSibling(FILE + ".tmp");
    try {
      Files.writeString(beside, uid + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("cannot keep the cluster's uid in {}: {}", file, e.toString());
    }
  }
}
