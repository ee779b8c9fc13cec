package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.v1.GetClusterRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever starts another thread says in ARCHITECTURE.md what it does and what ends it. */
class ThreadTableTest {

  private static final Path PAGE = Path.of("..", "docs", "ARCHITECTURE.md");

  @Test
  void every_thread_of_a_master_has_a_row_and_is_a_daemon() throws Exception {
    try (MasterFixture fixture = new MasterFixture()) {
      fixture.schedules.createSchedule(
          MasterFixture.request("each-second", MasterFixture.every(1)));
      var unused = fixture.cluster.getCluster(GetClusterRequest.getDefaultInstance());
      Set<Thread> ours =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("carillon-"))
              .collect(Collectors.toSet());
      assertTrue(ours.size() > 10, ours.toString());
      String page = Files.readString(PAGE);
      TreeSet<String> unnamed = new TreeSet<>();
      for (Thread thread : ours) {
        // HikariCP's have words of its own behind the name of the pool.
        String name = thread.getName().replaceAll("[ :].*|-[0-9]+$", "");
        if (!page.contains("`" + name + "`")) {
          unnamed.add(name);
        }
      }
      assertEquals(Set.of(), unnamed, "not in the table of threads in docs/ARCHITECTURE.md");
      assertEquals(Set.of(), ours.stream().filter(t -> !t.isDaemon()).collect(Collectors.toSet()));
    }
  }
}
