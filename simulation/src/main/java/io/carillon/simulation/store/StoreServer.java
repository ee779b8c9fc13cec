package io.carillon.simulation.store;

import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.world.Bites;
import io.carillon.simulation.world.SimNetwork;
import io.carillon.simulation.world.SimNetwork.Caller;
import io.carillon.simulation.world.SimProcess;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The store as a process that others call: takes its time, refuses, loses answers, ends sessions
 * that are idle within a transaction, and stops and starts.
 */
public final class StoreServer {

  private static final long ANSWER_TIMEOUT = 7_000_000;
  private static final long LOCK_TIMEOUT = 3_000_000;
  private static final long IDLE_TIMEOUT = 2_000_000;
  private static final long SLOW = 50_000;

  /**
   * What goes wrong.
   *
   * @param refuses chance in a million that a write fails before it did anything
   * @param unknownDone that it is done, and nobody hears of it
   * @param unknownUndone that it is not, and nobody knows
   * @param slowness how long a write takes at most
   */
  public record Faults(int refuses, int unknownDone, int unknownUndone, long slowness) {
    public static final Faults NONE = new Faults(0, 0, 0, 600);
  }

  /** Begins a transaction of the store. */
  public interface Opening {
    Transaction open(Runnable onReady);
  }

  /** Hears how a write ended. */
  public interface WriteEnd {
    void ended(Ending ending, String reason);
  }

  private final SimStore store;
  private final SimProcess process;
  private final SimNetwork network;
  private final SplittableRandom random;
  private final Bites bites;
  private final Set<Statement> running = new LinkedHashSet<>();
  private Faults faults = Faults.NONE;

  public StoreServer(
      SimStore store,
      SimProcess process,
      SimNetwork network,
      SplittableRandom random,
      Bites bites) {
    this.store = store;
    this.process = process;
    this.network = network;
    this.random = random;
    this.bites = bites;
  }

  public SimStore store() {
    return store;
  }

  public SimProcess process() {
    return process;
  }

  /** What its clock says. */
  public long now() {
    return process.clock().wall();
  }

  public void setFaults(Faults faults) {
    this.faults = faults;
  }

  /** Stops without warning, and forgets all that was not committed. */
  public void crash() {
    List<Statement> lost = List.copyOf(running);
    process.crash(false);
    store.crash();
    network.crashed(process, false);
    running.clear();
    lost.forEach(statement -> statement.broke("the store stopped"));
  }

  /** A read of what is committed. */
  public <T> void read(
      SimProcess client, String label, Supplier<T> read, Consumer<T> done, Runnable failed) {
    network.call(
        client,
        process,
        label,
        ANSWER_TIMEOUT,
        caller ->
            process.post(
                random.nextLong(faults.slowness / 2 + 1),
                label,
                () -> {
                  T answer = read.get();
                  caller.reply(() -> done.accept(answer));
                }),
        reason -> failed.run());
  }

  /** A write of one statement: it goes on whatever becomes of who sent it. */
  public void statement(SimProcess client, String label, Opening opening, WriteEnd end) {
    new Statement(client, label, opening, end, false).send();
  }

  /** A transaction of several steps: it is not committed without its client. */
  public void transaction(SimProcess client, String label, Opening opening, WriteEnd end) {
    new Statement(client, label, opening, end, true).send();
  }

  /** One write under way. */
  private final class Statement {
    private final SimProcess client;
    private final long clientLife;
    private final String label;
    private final Opening opening;
    private final WriteEnd end;
    private final boolean inSteps;
    private Transaction transaction;
    private boolean begun;
    private boolean over;

    Statement(SimProcess client, String label, Opening opening, WriteEnd end, boolean inSteps) {
      this.client = client;
      this.clientLife = client.life();
      this.label = label;
      this.opening = opening;
      this.end = end;
      this.inSteps = inSteps;
    }

    private void ended(Ending ending, String reason) {
      if (!over) {
        over = true;
        if (ending == Ending.UNKNOWN) {
          bites.count("write of unknown outcome");
        } else if (ending == Ending.STALE_EPOCH) {
          bites.count("write refused by the fence");
        }
        end.ended(ending, reason);
      }
    }

    /** Its connection broke. */
    void broke(String reason) {
      if (client.life() == clientLife) {
        client.post(random.nextLong(2_000), label, () -> ended(Ending.UNKNOWN, reason));
      }
    }

    void send() {
      network.call(
          client,
          process,
          label,
          ANSWER_TIMEOUT,
          this::begin,
          reason -> ended(Ending.UNKNOWN, reason));
    }

    private void begin(Caller caller) {
      if (begun) {
        // A connection brings nothing twice.
        return;
      }
      begun = true;
      if (hits(faults.refuses)) {
        bites.count("write refused by the store");
        caller.reply(() -> ended(Ending.UNKNOWN, "the store cannot do it now"));
        return;
      }
      running.add(this);
      process.post(
          random.nextLong(faults.slowness / 2 + 1),
          label,
          () -> {
            boolean[] ready = new boolean[1];
            Transaction begun =
                opening.open(
                    () -> {
                      ready[0] = true;
                      process.post(service(), label, () -> onReady(caller));
                    });
            transaction = begun;
            if (!ready[0]) {
              bites.count("write waited for a lock");
              process.post(LOCK_TIMEOUT, label, () -> timeOut(begun, caller));
            }
          });
    }

    private long service() {
      long micros = 100 + random.nextLong(faults.slowness + 1);
      if (micros > SLOW) {
        bites.count("slow write");
      }
      return micros;
    }

    private void timeOut(Transaction waiting, Caller caller) {
      if (waiting.state() == Transaction.State.WAITING) {
        store.abort(waiting);
        running.remove(this);
        caller.reply(() -> ended(Ending.UNKNOWN, "lock timeout"));
      }
    }

    private void onReady(Caller caller) {
      Transaction now = transaction;
      if (now.state() != Transaction.State.READY) {
        running.remove(this);
        caller.reply(() -> ended(now.ending(), now.reason()));
      } else if (inSteps) {
        caller.reply(this::sendCommit);
        process.post(
            IDLE_TIMEOUT,
            label,
            () -> {
              if (now.state() == Transaction.State.READY) {
                bites.count("idle transaction ended");
                store.abort(now);
                running.remove(this);
              }
            });
      } else {
        finish(now, caller);
      }
    }

    private void sendCommit() {
      if (over) {
        return;
      }
      Transaction mine = transaction;
      network.call(
          client,
          process,
          label + " commit",
          ANSWER_TIMEOUT,
          caller -> {
            if (mine.state() == Transaction.State.READY) {
              finish(mine, caller);
            } else if (mine.state() == Transaction.State.ABORTED) {
              caller.reply(() -> ended(Ending.UNKNOWN, "the session was ended"));
            }
          },
          reason -> ended(Ending.UNKNOWN, reason));
    }

    private void finish(Transaction now, Caller caller) {
      running.remove(this);
      if (hits(faults.unknownUndone)) {
        bites.count("commit undone and unheard");
        store.abort(now);
        broke("connection broke");
      } else if (hits(faults.unknownDone)) {
        bites.count("commit done and unheard");
        store.commit(now);
        broke("connection broke");
      } else {
        store.commit(now);
        caller.reply(() -> ended(Ending.COMMITTED, ""));
      }
    }

    private boolean hits(int inMillion) {
      return inMillion > 0 && random.nextInt(1_000_000) < inMillion;
    }
  }
}
