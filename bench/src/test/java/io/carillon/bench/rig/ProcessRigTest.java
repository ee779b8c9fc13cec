package io.carillon.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.bench.report.ProgressLog;
import io.carillon.v1.ListNodesRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("trial")
class ProcessRigTest {

  @TempDir Path folder;

  private final ProgressLog progress = new ProgressLog(new PrintWriter(new StringWriter()));

  @Test
  void a_cluster_of_processes_goes_on_when_one_is_lost_and_says_what_it_uses() throws Exception {
    String[] quickly = {"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};
    ProcessRig.Options options =
        ProcessRig.Options.of(2, 2).withFolder(folder).withMasterJvm(quickly).withNodeJvm(quickly);
    ServerProcess node;
    try (ProcessRig rig = ProcessRig.start(options, progress)) {
      node = rig.nodes().get(0);
      Duration database = rig.postgres().cpuTime();
      assertTrue(database.compareTo(Duration.ZERO) > 0, "CPU time of PostgreSQL");
      for (ServerProcess server : rig.servers()) {
        assertTrue(server.cpuTime().compareTo(Duration.ZERO) > 0, server::id);
        long heap = server.liveHeapBytes();
        assertTrue(heap > 1 << 20, () -> server.id() + ": " + heap);
        // What lives on the heap is in memory, and the JVM's own is beside it.
        assertTrue(server.residentBytes() > heap, server::id);
      }
      ServerProcess first = rig.leader();
      first.signal("STOP");
      await(first, true);
      first.signal("CONT");
      await(first, false);
      assertEquals(137, first.kill());
      node.terminate();
      rig.awaitServing();
      assertNotEquals(first.id(), rig.leader().id());
      assertEquals(0, node.residentBytes());
      assertThrows(IllegalStateException.class, () -> rig.nodes().get(1).restart());
      first.restart();
      node.restart();
      rig.awaitServing();
      assertEquals(2, node.starts());
      assertEquals(
          2,
          rig.client().cluster().listNodes(ListNodesRequest.getDefaultInstance()).getNodesCount());
      assertTrue(rig.postgres().cpuTime().compareTo(database) > 0, "sessions that ended count");
    }
    assertFalse(node.isAlive());
  }

  /** The kernel takes a moment for a signal. */
  private static void await(ServerProcess server, boolean stopped) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          while (server.isStopped() != stopped) {
            Thread.sleep(5);
          }
        });
  }

  @Test
  void a_server_that_does_not_come_up_is_shown_with_its_log() {
    ProcessRig.Options options =
        ProcessRig.Options.of(1, 1).withFolder(folder).withMasterArguments("--lease-ttl", "1ms");
    IllegalStateException failure =
        assertThrows(IllegalStateException.class, () -> ProcessRig.start(options, progress));
    assertTrue(failure.getMessage().contains("--lease-ttl"), failure::getMessage);
  }
}
