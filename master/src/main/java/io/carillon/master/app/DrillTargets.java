package io.carillon.master.app;

import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Reply;
import io.carillon.master.loop.LeaderLoop;
import io.carillon.master.verification.FailoverDrill;
import java.util.concurrent.CompletableFuture;

/** What a drill lets fail: the lead of this master, or a node by way of the core that leads. */
final class DrillTargets implements FailoverDrill.Leads {

  private final MasterServer master;

  DrillTargets(MasterServer master) {
    this.master = master;
  }

  @Override
  public CompletableFuture<String> resign(boolean inOrder) {
    if (inOrder) {
      master.resign("a drill");
    } else {
      master.drop("a drill");
    }
    return CompletableFuture.completedFuture("");
  }

  @Override
  public CompletableFuture<String> loseNode(String node) {
    return ask((core, answer, now) -> core.lose(node, answer, now));
  }

  @Override
  public CompletableFuture<String> restNode(String node, boolean resting) {
    return ask((core, answer, now) -> core.rest(node, resting, answer, now));
  }

  /** What is asked of the core. */
  private interface Question {
    void ask(MasterCore core, Reply<String> answer, long now);
  }

  private CompletableFuture<String> ask(Question question) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    LeaderLoop loop = master.leading();
    if (loop == null) {
      answer.complete("NOT_LEADER");
    } else {
      loop.submit((core, now) -> question.ask(core, answer::complete, now));
    }
    return answer;
  }
}
