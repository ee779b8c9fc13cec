package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.CoreSettings;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.Node;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real master begins to count the time that nodes have to come back, once it answers them. */
@Tag("cluster")
class StartGraceTest {

  private static Node node(MasterFixture fixture) {
    return fixture.cluster.listNodes(ListNodesRequest.getDefaultInstance()).getNodes(0);
  }

  @Test
  void a_node_that_does_not_come_to_a_new_leader_is_dead_after_the_grace_and_not_before() {
    MasterFixture first = new MasterFixture();
    first.nodes.register(
        RegisterRequest.newBuilder()
            .setNodeId("a")
            .setInstance("i")
            .setProtocolVersion(1)
            .setWeight(100)
            .setSecret(ByteString.copyFrom(new byte[32]))
            .setTzdbVersion(ScheduleSpec.tzdbVersion())
            .build());
    first.close();
    long began = System.nanoTime();
    try (MasterFixture second = new MasterFixture(first.database)) {
      assertEquals(Node.State.SUSPECT, node(second).getState());
      CountingSubscriber.await(
          "the node is given up", () -> node(second).getState() == Node.State.DEAD);
      long micros = (System.nanoTime() - began) / 1_000;
      assertTrue(micros >= CoreSettings.defaults().startGrace(), micros + " µs");
    }
  }
}
