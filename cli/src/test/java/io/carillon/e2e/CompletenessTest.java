package io.carillon.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.client.CarillonClient;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.RehearseFailoverRequest;
import io.carillon.v1.RehearseFailoverResponse;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.VerifyCompletenessResponse.Gap;
import io.carillon.v1.VerifyCompletenessResponse.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 2 000 fires a second on two nodes, verified while they are recorded and while nodes fail. */
@Tag("cluster")
class CompletenessTest {

  private static final int SCHEDULES = 2_000;
  private static final int CHANGED = 20;
  private static final long SECOND = 1_000_000;

  @TempDir Path folder;

  private final List<Gap> gaps = new ArrayList<>();

  private Verdict verify(CarillonClient client) {
    gaps.clear();
    Iterator<VerifyCompletenessResponse> answers =
        client
            .fires()
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .verifyCompleteness(
                VerifyCompletenessRequest.newBuilder().setParent("tenants/-").build());
    Verdict verdict = Verdict.getDefaultInstance();
    while (answers.hasNext()) {
      VerifyCompletenessResponse answer = answers.next();
      if (answer.hasGap()) {
        gaps.add(answer.getGap());
      }
      verdict = answer.hasVerdict() ? answer.getVerdict() : verdict;
    }
    return verdict;
  }

  private static RehearseFailoverResponse fail(
      CarillonClient client, RehearseFailoverRequest.Mode mode) {
    return client
        .cluster()
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .rehearseFailover(
            RehearseFailoverRequest.newBuilder().setTarget("nodes/node-2").setMode(mode).build());
  }

  @Test
  void a_running_cluster_is_complete_through_drills_and_a_deleted_row_is_found() throws Exception {
    try (ProcessCluster cluster = ProcessCluster.start(folder, 2)) {
      CarillonClient client = cluster.client();
      Intervals.create(client, SCHEDULES);
      for (int round = 0; round < 5; round++) {
        change(client, round);
        Verdict verdict = verify(client);
        assertEquals(List.of(), gaps, () -> verdict + cluster.logs());
        assertTrue(verdict.getComplete(), verdict::toString);
        cluster.awaitWatermark(Intervals.now() + SECOND / 2);
      }
      RehearseFailoverResponse abrupt = fail(client, RehearseFailoverRequest.Mode.ABRUPT);
      System.out.printf("abrupt: %s%n", abrupt);
      assertEquals(0, abrupt.getMissingCount() + abrupt.getDuplicateCount(), abrupt::toString);
      assertTrue(abrupt.getMovedPartitionCount() > 0, abrupt::toString);
      assertTrue(abrupt.getFireCount() > SCHEDULES / 2, abrupt::toString);
      cluster.awaitBalanced(2);
      RehearseFailoverResponse graceful = fail(client, RehearseFailoverRequest.Mode.GRACEFUL);
      System.out.printf("graceful: %s%n", graceful);
      assertEquals(0, graceful.getMissingCount() + graceful.getDuplicateCount());
      assertEquals(0, graceful.getLateCount(), graceful::toString);
      assertTrue(graceful.getMovedPartitionCount() > 0, graceful::toString);
      cluster.awaitBalanced(2);

      long reached = Intervals.now();
      cluster.await(
          "the reconciler comes along",
          () ->
              Intervals.micros(
                      client
                          .cluster()
                          .getCluster(GetClusterRequest.getDefaultInstance())
                          .getVerifiedTime())
                  > reached);
      assertEquals(
          0,
          client
              .cluster()
              .getCluster(GetClusterRequest.getDefaultInstance())
              .getCountersOrThrow("ledger_gaps"),
          cluster::logs);
      Verdict whole = verify(client);
      assertTrue(whole.getComplete(), () -> gaps + cluster.logs());
      System.out.printf("%d nominal times verified%n", whole.getOwedCount());
      delete(cluster);
      assertFalse(verify(client).getComplete());
      assertEquals(1, gaps.size());
      assertEquals(Gap.Kind.MISSING, gaps.get(0).getKind());
    }
  }

  private static void change(CarillonClient client, int round) {
    for (int i = 0; i < CHANGED; i++) {
      String name = "tenants/default/schedules/default-" + i;
      if (round % 2 == 0) {
        client.schedules().pauseSchedule(PauseScheduleRequest.newBuilder().setName(name).build());
      } else {
        client.schedules().resumeSchedule(ResumeScheduleRequest.newBuilder().setName(name).build());
      }
    }
  }

  private static void delete(ProcessCluster cluster) throws Exception {
    try (Connection connection = cluster.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "delete from fire where (nominal_time, schedule_num) in (select nominal_time, schedule_num"
              + " from fire where kind = 0 limit 1)");
    }
  }
}
