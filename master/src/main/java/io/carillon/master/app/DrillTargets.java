package io.carillon.master.app;

import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.verification.FailoverDrill;
import java.util.concurrent.CompletableFuture;

/** What a drill lets fail, by way of the core that leads. */
final class DrillTargets implements FailoverDrill.Leads {

  private final LeaderLoop loop;

  DrillTargets(LeaderLoop loop) {
    this.loop = loop;
  }

  /** A master that cannot follow has nobody to hand the lead to. */
  @Override
  public CompletableFuture<String> resign(boolean inOrder) {
    return CompletableFuture.completedFuture("NO_OTHER_MASTER");
  }

  @Override
  public CompletableFuture<String> loseNode(String node) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    loop.submit((core, now) -> core.lose(node, answer::complete, now));
    return answer;
  }

  @Override
  public CompletableFuture<String> restNode(String node, boolean resting) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    loop.submit((core, now) -> core.rest(node, resting, answer::complete, now));
    return answer;
  }
}
