package io.carillon.master.app;

import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.MasterCommand;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.Announce;
import io.carillon.master.core.MasterCommand.Answer;
import io.carillon.master.core.MasterCommand.CommitFires;
import io.carillon.master.core.MasterCommand.EndSession;
import io.carillon.master.core.MasterCommand.Publish;
import io.carillon.master.core.MasterCommand.RefuseWatch;
import io.carillon.master.core.MasterCommand.SendAssignment;
import io.carillon.master.core.MasterCommand.SendChange;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.MasterCommand.WriteAssignment;
import io.carillon.master.core.MasterCommand.WriteMutations;
import io.carillon.master.core.MasterCommand.WriteNode;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.node.NodeSessions;
import io.carillon.master.store.fires.Lanes;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the core wants.
 *
 * @param silent whether nothing is written any more
 */
record CoreCommands(
    Lanes lanes,
    NodeSessions sessions,
    DeliveryHub delivery,
    Consumer<CoreEvent> events,
    BooleanSupplier silent)
    implements Consumer<MasterCommand>, MasterCommand.Handler {

  private static final Logger log = LoggerFactory.getLogger(CoreCommands.class);

  @Override
  public void accept(MasterCommand command) {
    try {
      command.accept(this);
    } catch (RuntimeException e) {
      // Who was to hear of it has gone; the core does not depend on it.
      log.warn("{} failed: {}", command.getClass().getSimpleName(), e.toString());
    }
  }

  @Override
  public void on(CommitFires command) {
    ifWriting(() -> lanes.commit(command.plan()));
  }

  @Override
  public void on(WriteAssignment command) {
    ifWriting(() -> lanes.changeOwners(command.changes()));
  }

  @Override
  public void on(WriteMutations command) {
    ifWriting(() -> lanes.mutate(command.groups()));
  }

  @Override
  public void on(WriteNode command) {
    ifWriting(() -> lanes.writeNode(command.row()));
  }

  /** Nothing is lost: nodes send again what was not acknowledged, clients are not answered. */
  private void ifWriting(Runnable write) {
    if (!silent.getAsBoolean()) {
      write.run();
    }
  }

  @Override
  public void on(Answer<?> command) {
    command.deliver();
  }

  @Override
  public void on(SendAssignment command) {
    sessions.send(command);
  }

  @Override
  public void on(SendSnapshot command) {
    sessions.send(command);
  }

  @Override
  public void on(SendChange command) {
    sessions.send(command);
  }

  @Override
  public void on(RefuseWatch command) {
    sessions.send(command);
  }

  @Override
  public void on(Acknowledge command) {
    sessions.send(command);
  }

  @Override
  public void on(EndSession command) {
    sessions.send(command);
  }

  @Override
  public void on(Publish command) {
    delivery.onCommitted(command.fires());
  }

  @Override
  public void on(Announce command) {
    events.accept(command.event());
  }
}
