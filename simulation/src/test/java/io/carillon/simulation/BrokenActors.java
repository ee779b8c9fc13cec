package io.carillon.simulation;

import io.carillon.clocknode.core.BatchPart;
import io.carillon.clocknode.core.ClusterClock;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.Node.Registration;
import io.carillon.master.core.PushedPart;
import io.carillon.master.core.Reply;
import io.carillon.master.core.Revision;
import io.carillon.master.core.delivery.CommitQueue;
import io.carillon.master.core.delivery.Feedback;
import io.carillon.master.core.delivery.Feedback.Ack;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.LogTail;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.RecentLog;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.StoreAnswer;
import io.carillon.master.core.write.StoreCall;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.cluster.LeaderDelivery;
import io.carillon.simulation.cluster.LeaderLanes;
import io.carillon.simulation.cluster.SimLeader;
import io.carillon.simulation.cluster.SimMaster;
import io.carillon.simulation.cluster.SimNode;
import io.carillon.simulation.cluster.World;
import io.carillon.simulation.store.SimStore;
import io.carillon.simulation.store.StoreListener;
import io.carillon.simulation.store.Transaction;
import io.carillon.simulation.store.Transaction.Lock;
import io.carillon.simulation.world.SimProcess;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Actors with one deliberate fault, each of a kind that systems like this one have had. */
final class BrokenActors extends Actors {

  private static final long EARLY = 200_000;

  private final Flaw flaw;

  BrokenActors(Flaw flaw) {
    this.flaw = flaw;
  }

  @Override
  public SimStore store(int partitions, long now, StoreListener listener) {
    return new BrokenStore(partitions, now, listener);
  }

  @Override
  public SimMaster master(World world, SimProcess process, SplittableRandom random) {
    return new SimMaster(world, process, random) {
      @Override
      protected SimLeader newLeader(long epoch) {
        return new BrokenLeader(world, this, epoch);
      }
    };
  }

  @Override
  public SimNode node(World world, String id, SimProcess process, SplittableRandom random) {
    return new BrokenNode(world, id, process, random);
  }

  private final class BrokenStore extends SimStore {
    private final StoreListener heard;

    BrokenStore(int partitions, long now, StoreListener listener) {
      super(partitions, now, listener);
      this.heard = listener;
    }

    @Override
    protected List<Lock> fence() {
      boolean none = flaw == Flaw.FENCE_REMOVED || flaw == Flaw.FENCE_IS_A_PLAIN_EXISTS;
      return none ? List.of() : super.fence();
    }

    @Override
    protected boolean leads(long leaderEpoch) {
      return flaw == Flaw.FENCE_REMOVED || super.leads(leaderEpoch);
    }

    @Override
    protected boolean continues(CommitPlan plan) {
      return flaw == Flaw.COMMIT_ACCEPTED_TWICE || super.continues(plan);
    }

    @Override
    protected boolean areNew(FireColumns fires) {
      return flaw == Flaw.COMMIT_ACCEPTED_TWICE || super.areNew(fires);
    }

    @Override
    protected void write(long leaderEpoch, CommitPlan plan, Transaction transaction) {
      if (flaw != Flaw.WATERMARK_MOVED_BEFORE_THE_COMMIT) {
        super.write(leaderEpoch, plan, transaction);
        return;
      }
      fires().move(plan);
      transaction.atCommit(
          () -> {
            fires().append(plan.fires());
            heard.committed(leaderEpoch, plan);
          });
    }

    @Override
    protected void settle(long leaderEpoch, Settlement settlement) {
      super.settle(
          leaderEpoch,
          flaw != Flaw.CURSOR_PASSES_WHAT_IS_NOT_ACKNOWLEDGED
              ? settlement
              : new Settlement(
                  settlement.destination(),
                  fires().log().size(),
                  Progress.NONE,
                  settlement.parked(),
                  settlement.settled()));
    }

    @Override
    public Progress progress(int destination) {
      Progress stored = super.progress(destination);
      return switch (flaw) {
        case SETTLED_ABOVE_THE_CURSOR_FORGOTTEN -> changed(stored, a -> Math.max(1, a));
        case ATTEMPTS_BEGIN_ANEW -> changed(stored, a -> Math.min(0, a));
        default -> stored;
      };
    }

    private static Progress changed(Progress stored, IntUnaryOperator attempts) {
      Progress.Builder changed = new Progress.Builder();
      for (int i = 0; i < stored.size(); i++) {
        changed.add(stored.end(i), attempts.applyAsInt(stored.attempts(i)));
      }
      return changed.build();
    }

    @Override
    protected Revision restored(Revision r, Function<String, Occurrences> specs) {
      Revision read = super.restored(r, specs);
      return flaw != Flaw.STALE_REVISION_ACCEPTED
          ? read
          : new Revision(
              read.schedule(),
              read.version(),
              read.validFrom(),
              Revision.OPEN,
              0,
              read.spec(),
              read.times(),
              read.catchUp(),
              read.destination(),
              read.nominalAfter());
    }
  }

  private final class BrokenLeader extends SimLeader {
    private final Map<String, Long> sessions = new TreeMap<>();

    BrokenLeader(World world, SimMaster master, long epoch) {
      super(world, master, epoch);
    }

    @Override
    protected LeaderLanes newLanes(BiConsumer<Ending, String> onOver) {
      return new LeaderLanes(world, process, epoch(), this::input, onOver) {
        @Override
        protected StoreAnswer heard(StoreCall call, StoreAnswer answer) {
          boolean unanswered =
              call instanceof StoreCall.Commit && answer.ending() == Ending.UNKNOWN;
          if (flaw == Flaw.UNANSWERED_COMMIT_TAKEN_FOR_DONE && unanswered) {
            return StoreAnswer.DONE;
          }
          return flaw == Flaw.FOUND_COMMIT_TAKEN_FOR_REFUSED
                  && call instanceof StoreCall.IsCommitted
              ? StoreAnswer.found(false)
              : answer;
        }
      };
    }

    @Override
    protected LeaderDelivery newDelivery(
        SimProcess of, SplittableRandom random, Runnable onDeposed, LongSupplier now) {
      return new BrokenDelivery(world, of, random, epoch(), onDeposed, now);
    }

    @Override
    protected long now() {
      return super.now() + (flaw == Flaw.EARLY_TICK ? EARLY : 0);
    }

    @Override
    protected void register(
        String node, String instance, long incarnation, Reply<Registration> reply) {
      super.register(
          node,
          instance,
          incarnation,
          answer -> {
            sessions.put(node, answer.session());
            reply.with(answer);
          });
    }

    @Override
    protected void repair(List<MissedTimes> missed, Reply<MissedTimes.Result> reply) {
      if (flaw == Flaw.NOTHING_IS_REPAIRED) {
        reply.with(new MissedTimes.Result(missed.size(), 0, ""));
      } else if (flaw == Flaw.REPAIRED_BY_AN_OLD_LOOK) {
        super.repair(missed, first -> super.repair(missed, reply));
      } else {
        super.repair(missed, reply);
      }
    }

    @Override
    protected void pushed(long session, long batch, List<PushedPart> parts) {
      if (flaw == Flaw.EPOCH_NOT_CHECKED_ON_PUSH) {
        for (PushedPart part : parts) {
          String owner = world.store.store().fires().owner(part.partition());
          super.pushed(sessions.getOrDefault(owner, session), 0, List.of(underEpochNow(part)));
        }
      }
      super.pushed(session, batch, parts);
    }

    private PushedPart underEpochNow(PushedPart part) {
      return new PushedPart(
          part.partition(),
          world.store.store().fires().epoch(part.partition()),
          part.previousWatermark(),
          part.previousApplied(),
          part.newWatermark(),
          part.applied(),
          part.schedule(),
          part.due(),
          part.version(),
          part.skipped(),
          part.last());
    }

    @Override
    protected void aboutToCommit(CommitPlan plan, LeaderDelivery delivery) {
      if (flaw == Flaw.DELIVERED_BEFORE_THE_COMMIT) {
        delivery.onCommitted(plan.fires());
      }
    }
  }

  private final class BrokenDelivery extends LeaderDelivery {

    BrokenDelivery(
        World world,
        SimProcess process,
        SplittableRandom random,
        long epoch,
        Runnable onDeposed,
        LongSupplier now) {
      super(world, process, random, epoch, onDeposed, now);
    }

    @Override
    protected LogTail tail(CommitQueue queue, RecentLog recent) {
      return new LogTail(queue, recent) {
        @Override
        protected void lost(long to, Listener listener) {
          if (flaw != Flaw.GAP_OF_THE_TAIL_UNTOLD) {
            super.lost(to, listener);
          }
        }
      };
    }

    @Override
    protected boolean covers(RecentLog recent, LogRead read, boolean covered) {
      return covered
          || flaw == Flaw.MEMORY_ANSWERS_FOR_WHAT_IT_LOST
              && recent.read(0, read).coveredTo() > read.after();
    }

    @Override
    protected Feedback heard(Feedback feedback) {
      return flaw == Flaw.ACK_LOST_WHILE_SETTLING && isSettling()
          ? without(feedback, ack -> true)
          : flaw == Flaw.ACK_IGNORED ? without(feedback, ack -> ack.first() % 5 == 0) : feedback;
    }

    private static Feedback without(Feedback feedback, Predicate<Ack> lost) {
      List<Ack> acks = feedback.acks().stream().filter(lost.negate()).toList();
      return new Feedback(feedback.credit(), acks, feedback.refusals());
    }
  }

  private final class BrokenNode extends SimNode {
    private long lastBatch;

    BrokenNode(World world, String id, SimProcess process, SplittableRandom random) {
      super(world, id, process, random);
    }

    @Override
    public void start() {
      lastBatch = 0;
      super.start();
    }

    @Override
    protected long now(ClusterClock estimate, long mono) {
      return super.now(estimate, mono) + (flaw == Flaw.EARLY_TICK ? EARLY : 0);
    }

    @Override
    protected PushedPart message(long batch, BatchPart part) {
      PushedPart message = super.message(batch, part);
      boolean again = batch < lastBatch;
      lastBatch = Math.max(lastBatch, batch);
      if (flaw != Flaw.EVENT_DROPPED_ON_RECONNECT || !again || message.size() == 0) {
        return message;
      }
      int n = message.size();
      return new PushedPart(
          message.partition(),
          message.epoch(),
          message.previousWatermark(),
          message.previousApplied(),
          message.newWatermark(),
          message.applied(),
          Arrays.copyOfRange(message.schedule(), 1, n),
          Arrays.copyOfRange(message.due(), 1, n),
          Arrays.copyOfRange(message.version(), 1, n),
          message.skipped(),
          message.last());
    }
  }
}
