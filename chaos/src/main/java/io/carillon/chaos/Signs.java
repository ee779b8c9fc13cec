package io.carillon.chaos;

import io.carillon.client.CarillonClient;
import io.carillon.v1.Cluster;
import io.carillon.v1.GetClusterRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the cluster itself counted during the run, requested twice a second: counters begin anew
 * with each leader, so of each leadership the last ones seen are kept.
 */
final class Signs implements AutoCloseable {

  private static final Pattern DEPOSED =
      Pattern.compile("leader epoch \\d+ is over|[Dd]eposed|CA001|leads no more|lost the lead");

  private final CarillonClient client;
  private final Map<Long, Map<String, Long>> byEpoch = new TreeMap<>();
  private final Thread thread = new Thread(this::run, "signs");
  private volatile boolean closed;

  Signs(CarillonClient client) {
    this.client = client;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        Cluster cluster =
            client
                .cluster()
                .withDeadlineAfter(2, TimeUnit.SECONDS)
                .getCluster(GetClusterRequest.getDefaultInstance());
        take(cluster);
        Thread.sleep(500);
      } catch (StatusRuntimeException e) {
        // Nobody answers just now.
        continue;
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void take(Cluster cluster) {
    Map<String, Long> counters =
        byEpoch.computeIfAbsent(cluster.getLeaderEpoch(), none -> new HashMap<>());
    cluster.getCountersMap().forEach((name, count) -> counters.merge(name, count, Math::max));
  }

  /** Of all leaderships together. */
  synchronized long total(String counter) {
    return byEpoch.values().stream().mapToLong(of -> of.getOrDefault(counter, 0L)).sum();
  }

  /** Writes that a fence turned away: of nodes by the leader, of leaders by PostgreSQL. */
  long fenced(ChaosCluster cluster) throws IOException {
    return total("refused_stale_epoch")
        + total("refused_watermark_mismatch")
        + total("refused_foreign_partition")
        + total("nodes_fenced")
        + inLogs(cluster);
  }

  private static long inLogs(ChaosCluster cluster) throws IOException {
    long lines = 0;
    for (FaultyServer master : cluster.masters()) {
      try (Stream<String> log = Files.lines(master.log())) {
        lines += log.filter(line -> DEPOSED.matcher(line).find()).count();
      }
    }
    return lines;
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
  }
}
