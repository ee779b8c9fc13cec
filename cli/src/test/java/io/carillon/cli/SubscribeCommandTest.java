package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.carillon.cli.FakeMaster.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the command does with fires, as they come and from the log. */
@Timeout(30)
class SubscribeCommandTest extends CommandAtFakeMaster {

  @Test
  void subscribePrintsAndAcknowledgesEachFire() {
    Outcome outcome = master.run("subscribe", "--max", "3");
    assertEquals(0, outcome.exit(), outcome.err());
    assertEquals(3, outcome.outLines().size(), outcome.out());
    assertEquals("2023-11-14T22:13:21Z  1.5 ms     nightly  attempt 1", outcome.outLines().get(0));
    long acked =
        master.deliveries.requests.stream()
            .flatMap(request -> request.getAcksList().stream())
            .mapToLong(range -> range.getLast() - range.getFirst() + 1)
            .sum();
    assertEquals(3, acked);
    assertEquals(3, master.run("subscribe", "nowhere").exit());
  }

  @Test
  void subscribeCanRefuseOrLeaveUnsettled() {
    assertEquals(0, master.run("subscribe", "--max", "2", "--nack", "5s", "-o", "json").exit());
    assertTrue(
        master.deliveries.requests.stream()
            .flatMap(request -> request.getNacksList().stream())
            .allMatch(nack -> nack.getDelay().getSeconds() == 5));
    master.deliveries.requests.clear();
    assertEquals(
        0, master.run("subscribe", "--max", "2", "--nack", "5s", "--reason", "busy").exit());
    assertEquals(
        List.of("busy", "busy"),
        master.deliveries.requests.stream()
            .flatMap(request -> request.getNacksList().stream())
            .map(nack -> nack.getReason())
            .toList());
    master.deliveries.requests.clear();
    assertEquals(0, master.run("subscribe", "--max", "2", "--no-ack").exit());
    assertTrue(
        master.deliveries.requests.stream()
            .allMatch(r -> r.getAcksCount() + r.getNacksCount() == 0));
  }

  @Test
  void tailGoesOnWhereItWasAfterAnOutage() {
    Outcome outcome = master.run("fire", "tail", "--after-seq", "10", "--max", "3", "-o", "json");
    assertEquals(0, outcome.exit());
    assertEquals(
        List.of("11", "12", "13"),
        outcome.outLines().stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("seq").getAsString())
            .toList());
    assertTrue(outcome.err().contains("trying again"), outcome.err());
    assertEquals(12, master.fires.tails.get(2).getAfterSeq());
  }
}
