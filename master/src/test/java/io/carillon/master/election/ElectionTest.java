package io.carillon.master.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.config.LeaseTerm;
import io.carillon.master.election.ElectionCommand.DropLock;
import io.carillon.master.election.ElectionCommand.HoldLock;
import io.carillon.master.election.ElectionCommand.Lead;
import io.carillon.master.election.ElectionCommand.ReadLease;
import io.carillon.master.election.ElectionCommand.Renew;
import io.carillon.master.election.ElectionCommand.StepDown;
import io.carillon.master.election.ElectionCommand.TakeLead;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ElectionTest {

  private static final long MS = 1_000;
  private static final ElectionSettings SETTINGS = ElectionSettings.defaults();

  private final Election election = new Election(SETTINGS, "me");
  private long now;

  private static Lease lease(long epoch, long renewals, String instance) {
    return new Lease(epoch, renewals, 0, instance, instance, "", "");
  }

  private List<ElectionCommand> after(long micros) {
    now += micros;
    election.tick(now);
    return election.drain();
  }

  private static long number(List<ElectionCommand> commands) {
    ElectionCommand last = commands.get(commands.size() - 1);
    if (last instanceof ReadLease c) {
      return c.number();
    }
    return last instanceof TakeLead t ? t.number() : ((Renew) last).number();
  }

  /** Reads this lease; what follows from it. */
  private List<ElectionCommand> read(List<ElectionCommand> call, Lease lease) {
    election.leaseRead(number(call), lease, now);
    return election.drain();
  }

  /** Becomes leader of epoch 1. */
  private void leads() {
    read(after(0), lease(0, 0, ""));
    election.lockHeld(0, now);
    List<ElectionCommand> take = election.drain();
    assertEquals(List.of(new TakeLead(number(take), lease(0, 0, ""), true)), take);
    election.leadTaken(number(take), 1, now);
    assertEquals(List.of(new HoldLock(1), new Lead(1)), election.drain());
    assertEquals(1, election.epoch());
  }

  @Test
  void the_first_master_takes_the_lead_as_soon_as_it_has_the_lock_of_nobody() {
    List<ElectionCommand> first = after(0);
    assertEquals(List.of(new ReadLease(1)), first);
    assertEquals(List.of(new HoldLock(0)), read(first, lease(0, 0, "")));
    leadsAfterLock();
  }

  private void leadsAfterLock() {
    election.lockHeld(0, now);
    List<ElectionCommand> take = election.drain();
    election.leadTaken(number(take), 1, now);
    assertEquals(List.of(new HoldLock(1), new Lead(1)), election.drain());
  }

  @Test
  void a_lease_that_moves_is_left_alone_and_one_that_stands_still_for_the_ttl_is_taken() {
    long renewals = 0;
    read(after(0), lease(5, renewals, "other"));
    for (int i = 0; i < 100; i++) {
      List<ElectionCommand> read = after(SETTINGS.readEvery());
      assertEquals(List.of(new ReadLease(number(read))), read);
      assertEquals(List.of(), read(read, lease(5, ++renewals, "other")));
    }
    long still = now;
    List<ElectionCommand> taken = List.of();
    while (taken.isEmpty()) {
      taken = read(after(SETTINGS.readEvery()), lease(5, renewals, "other"));
    }
    assertEquals(List.of(new TakeLead(number(taken), lease(5, renewals, "other"), false)), taken);
    assertTrue(now - still >= SETTINGS.ttl() && now - still <= SETTINGS.ttl() + 250 * MS);
  }

  @Test
  void a_leader_renews_and_steps_down_when_it_could_not_for_long_enough() {
    leads();
    long renewed = now;
    for (int i = 0; i < 10; i++) {
      List<ElectionCommand> renew = after(SETTINGS.renewEvery());
      assertEquals(List.of(new Renew(number(renew), 1)), renew);
      renewed = now;
      now += 100 * MS;
      election.renewed(number(renew), now);
      now -= 100 * MS;
    }
    // No answer any more: given up after a while, and tried once more.
    int tries = 0;
    List<ElectionCommand> commands = List.of();
    while (election.epoch() != 0) {
      commands = after(10 * MS);
      tries += commands.stream().filter(Renew.class::isInstance).count();
    }
    assertEquals(2, tries);
    assertEquals(SETTINGS.stepDownAfter(), now - renewed);
    assertEquals(3, commands.size());
    assertTrue(commands.get(0) instanceof StepDown, commands.toString());
    assertEquals(new DropLock(), commands.get(1));
    assertTrue(commands.get(2) instanceof ReadLease, commands.toString());
  }

  @Test
  void a_leader_that_stood_still_steps_down_at_its_first_look_even_with_an_answer_waiting() {
    leads();
    long call = number(after(SETTINGS.renewEvery()));
    now += 10 * SETTINGS.ttl();
    election.renewed(call, now);
    assertEquals(0, election.epoch());
    assertTrue(election.drain().get(0) instanceof StepDown);
  }

  @Test
  void a_renewal_that_is_refused_ends_the_lead_at_once() {
    leads();
    election.renewalRefused(number(after(SETTINGS.renewEvery())), now);
    assertEquals(0, election.epoch());
    assertEquals(new StepDown("another master took the lead"), election.drain().get(0));
  }

  @Test
  void an_epoch_that_was_taken_without_an_answer_is_taken_anew() {
    read(after(0), lease(0, 0, ""));
    election.lockHeld(0, now);
    election.drain();
    List<ElectionCommand> commands = List.of();
    while (commands.isEmpty()) {
      commands = after(50 * MS);
    }
    // It had happened.
    List<ElectionCommand> next = read(commands, lease(1, 1, "me"));
    assertEquals(
        List.of(new HoldLock(1), new TakeLead(number(next), lease(1, 1, "me"), true)), next);
    election.leadTaken(number(next), 2, now);
    assertEquals(2, election.epoch());
  }

  @Test
  void who_misses_the_lead_looks_again_at_once_and_answers_of_calls_given_up_are_not_heard() {
    read(after(0), lease(0, 0, ""));
    election.lockHeld(0, now);
    long take = number(election.drain());
    election.leadMissed(take, now);
    List<ElectionCommand> look = election.drain();
    assertTrue(look.get(0) instanceof ReadLease, look.toString());
    election.leadTaken(take, 1, now);
    assertEquals(0, election.epoch());
    assertEquals(List.of(new HoldLock(1)), read(look, lease(1, 1, "other")));
  }

  @Test
  void a_leader_that_fails_again_and_again_pauses_longer_each_time_and_leaves_the_lock_alone() {
    long last = 0;
    long epoch = 0;
    for (int i = 0; i < 8; i++) {
      List<ElectionCommand> commands = List.of();
      long begun = now;
      while (election.epoch() == 0) {
        commands = after(50 * MS);
        for (ElectionCommand command : commands) {
          if (command instanceof ReadLease c) {
            election.leaseRead(c.number(), lease(epoch, epoch, epoch == 0 ? "" : "me"), now);
          } else if (command instanceof HoldLock c) {
            election.lockHeld(c.epoch(), now);
          } else if (command instanceof TakeLead c) {
            election.leadTaken(c.number(), ++epoch, now);
          }
        }
      }
      long waited = now - begun;
      assertTrue(i < 2 || waited >= Math.min(30_000 * MS, 3 * last / 2), waited + " " + last);
      last = waited;
      election.drain();
      election.leadFailed("poison", now);
      List<ElectionCommand> end = election.drain();
      assertEquals(new StepDown("poison"), end.get(0));
      assertEquals(new DropLock(), end.get(1));
      // While it pauses, the lock is for others.
      assertTrue(read(end, lease(epoch, epoch, "me")).isEmpty());
    }
    assertTrue(last <= 31_000 * MS, "the longest pause: " + last);
  }

  @Test
  void who_declines_the_lead_leaves_it_to_others_and_tries_again_after_a_second() {
    read(after(0), lease(0, 0, ""));
    election.lockHeld(0, now);
    election.leadDeclined(number(election.drain()), now);
    assertEquals(List.of(new DropLock()), election.drain());
    long declined = now;
    List<ElectionCommand> hold = List.of();
    while (hold.stream().noneMatch(HoldLock.class::isInstance)) {
      hold = after(50 * MS);
      for (ElectionCommand command : hold) {
        if (command instanceof ReadLease c) {
          election.leaseRead(c.number(), lease(0, 0, ""), now);
        }
      }
    }
    assertTrue(now - declined >= SETTINGS.resignPause());
    assertTrue(now - declined <= SETTINGS.resignPause() + SETTINGS.readEvery());
  }

  @Test
  void who_hands_over_lets_go_of_the_lock_and_leads_on_until_another_does() {
    leads();
    election.handOver("it stops", now);
    assertEquals(List.of(new DropLock()), election.drain());
    List<ElectionCommand> renew = after(SETTINGS.renewEvery());
    assertEquals(List.of(new Renew(number(renew), 1)), renew);
    election.handOver("twice", now);
    assertEquals(List.of(), election.drain());
    assertEquals(1, election.epoch());
    election.deposed(now);
    assertEquals(0, election.epoch());
    List<ElectionCommand> look = election.drain();
    assertTrue(look.get(2) instanceof ReadLease, look.toString());
    assertEquals(List.of(new HoldLock(2)), read(look, lease(2, 5, "other")));
  }

  @Test
  void who_hands_over_and_finds_nobody_steps_down_and_leads_again_after_a_pause() {
    leads();
    election.handOver("it stops", now);
    election.drain();
    long begun = now;
    long stepped = 0;
    boolean again = false;
    while (!again) {
      now = Math.max(now + 1, election.nextWake());
      election.tick(now);
      for (ElectionCommand command : election.drain()) {
        if (command instanceof Renew c) {
          election.renewed(c.number(), now);
        } else if (command instanceof StepDown c) {
          assertEquals("it stops", c.reason());
          stepped = now;
        } else if (command instanceof ReadLease c) {
          election.leaseRead(c.number(), lease(1, 9, "me"), now);
        } else if (command instanceof TakeLead c) {
          election.leadTaken(c.number(), 2, now);
          again = true;
        }
      }
    }
    assertEquals(10_000 * MS, stepped - begun);
    assertTrue(now - stepped >= SETTINGS.resignPause());
    // It keeps what it has now.
    election.drain();
    List<ElectionCommand> renew = after(SETTINGS.renewEvery());
    assertEquals(List.of(new Renew(number(renew), 2)), renew);
  }

  @Test
  void times_that_would_give_up_living_leaders_are_refused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ElectionSettings(3_000, 3_000, 500, 250, 100, 900, 1_000));
    for (int seconds : new int[] {1, 3, 10, 300}) {
      ElectionSettings settings = ElectionSettings.of(new LeaseTerm(Duration.ofSeconds(seconds)));
      // A renewal without an answer, and there is time for another one.
      assertTrue(
          settings.renewEvery() + settings.answerTimeout() + settings.retryAfter()
              <= settings.stepDownAfter() * 3 / 4);
    }
  }
}
