package io.carillon.master.app;

import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.MasterCommand;
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
    implements Consumer<MasterCommand> {

  private static final Logger log = LoggerFactory.getLogger(CoreCommands.class);

  @Override
  public void accept(MasterCommand command) {
    try {
      if (!write(command)) {
        send(command);
      }
    } catch (RuntimeException e) {
      // Who was to hear of it has gone; the core does not depend on it.
      log.warn("{} went astray: {}", command.getClass().getSimpleName(), e.toString());
    }
  }

  /** Answers whether it is a write. */
  private boolean write(MasterCommand command) {
    if (command instanceof MasterCommand.CommitFires c) {
      ifWriting(() -> lanes.commit(c.plan()));
    } else if (command instanceof MasterCommand.WriteAssignment c) {
      ifWriting(() -> lanes.changeOwners(c.changes()));
    } else if (command instanceof MasterCommand.WriteMutations c) {
      ifWriting(() -> lanes.mutate(c.groups()));
    } else if (command instanceof MasterCommand.WriteNode c) {
      ifWriting(() -> lanes.writeNode(c.row()));
    } else {
      return false;
    }
    return true;
  }

  /** Nothing is lost: nodes send again what was not acknowledged, clients are not answered. */
  private void ifWriting(Runnable write) {
    if (!silent.getAsBoolean()) {
      write.run();
    }
  }

  private void send(MasterCommand command) {
    if (command instanceof MasterCommand.Answer<?> c) {
      c.deliver();
    } else if (command instanceof MasterCommand.Acknowledge c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.SendAssignment c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.SendSnapshot c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.SendChange c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.RefuseWatch c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.EndSession c) {
      sessions.send(c);
    } else if (command instanceof MasterCommand.Publish c) {
      delivery.onCommitted(c.fires());
    } else if (command instanceof MasterCommand.Announce c) {
      events.accept(c.event());
    }
  }
}
