package io.carillon.clocknode.core;

import java.util.List;

/** What the core asks its shell to do. Whatever cannot be done for want of a session is void. */
public sealed interface NodeCommand {
  /** Takes one of each kind: who is to take them all does not compile without one of them. */
  interface Handler {
    void on(Push command);

    void on(Open command);

    void on(Close command);

    void on(Announce command);
  }

  void accept(Handler handler);

  /**
   * Send the batch; the same number may come again after a reconnection, perhaps with less in it.
   */
  record Push(FireBatch batch) implements NodeCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Ask for a snapshot of these, and for what follows. */
  record Open(List<PartitionAt> partitions) implements NodeCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Ask for nothing more of these. */
  record Close(List<Integer> partitions) implements NodeCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /**
   * A transition that an operator may want to read of.
   *
   * @param trouble should not happen in a healthy cluster
   */
  record Announce(String text, boolean trouble) implements NodeCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** A partition under an epoch. */
  record PartitionAt(int partition, long epoch) {}
}
