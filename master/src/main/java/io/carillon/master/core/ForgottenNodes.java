package io.carillon.master.core;

import io.carillon.master.core.MasterCommand.Answer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Nodes that are gone for good: an operator says so, or they have been gone for long. Then their
 * ids are free, and whoever registers under one is a new node.
 */
final class ForgottenNodes {

  /** So long a node may be away and is still known, with its incarnation and its secret. */
  static final long KEPT = 7 * 86_400_000_000L;

  private final Map<String, Node> nodes;

  /** Who waits for the rows that are being deleted, in the order in which they are. */
  private final ArrayDeque<Reply<String>> waiting = new ArrayDeque<>();

  ForgottenNodes(Map<String, Node> nodes) {
    this.nodes = nodes;
  }

  void delete(String id, Reply<String> reply, List<MasterCommand> out) {
    Node node = nodes.get(id);
    if (node == null) {
      out.add(new Answer<>(reply, "NODE_NOT_FOUND"));
    } else if (!node.isGone() || node.unwritten) {
      out.add(new Answer<>(reply, "NODE_ALIVE"));
    } else {
      forget(node, reply, out);
    }
  }

  private void forget(Node node, Reply<String> reply, List<MasterCommand> out) {
    nodes.remove(node.id);
    waiting.add(reply);
    out.add(new MasterCommand.WriteNode(node.row(NodeState.FORGOTTEN)));
  }

  /** Whether the write of a row that has ended was the deletion of one: the first under way. */
  boolean isEndOf(MasterCommand.NodeRow row, List<MasterCommand> out) {
    if (row.state() != NodeState.FORGOTTEN) {
      return false;
    }
    out.add(new Answer<>(waiting.remove(), ""));
    return true;
  }

  /** Forgets at most one, as other writes wait for it. */
  void tick(long now, Predicate<Node> ownsNothing, List<MasterCommand> out) {
    if (!waiting.isEmpty()) {
      return;
    }
    for (Node node : nodes.values()) {
      if (node.isGone()
          && !node.unwritten
          && now - node.stateTime >= KEPT
          && ownsNothing.test(node)) {
        forget(node, done -> {}, out);
        return;
      }
    }
  }
}
