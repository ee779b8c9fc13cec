package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.clocknode.core.MasterChoice.Ending;
import io.carillon.clocknode.core.MasterChoice.Failure;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MasterChoiceTest {

  private static final List<String> MASTERS = List.of("stopped", "one", "other");
  private static final long SECOND = 1_000_000;

  private static final Failure UNANSWERED = new Failure(Ending.UNANSWERED, "");
  private static final Failure OTHER = new Failure(Ending.OTHER, "");

  private final SplittableRandom random = new SplittableRandom(2026);

  private static Failure notLeader(String leader) {
    return new Failure(Ending.NOT_LEADER, leader);
  }

  /** Answers when the node is at the new leader, which is there from {@code electedAt} on. */
  private long foundAt(long electedAt, String namedBefore) {
    MasterChoice choice = new MasterChoice(MASTERS, random::nextLong);
    choice.choose();
    choice.onRegistered();
    choice.onLost(10 * SECOND, true, OTHER);
    long now = 0;
    while (true) {
      String master = choice.choose();
      if (master.equals("stopped")) {
        now += choice.timeoutMicros();
        now += choice.onFailure(UNANSWERED);
      } else if (master.equals("one") && now >= electedAt) {
        return now;
      } else {
        now += choice.onFailure(notLeader(now >= electedAt ? "one" : namedBefore));
      }
    }
  }

  @Test
  void aLeaderThatStandsStillDoesNotKeepTheNodeFromTheNextOne() {
    for (String named : List.of("", "stopped")) {
      // The node has waited for 2 s already; a lease lasts 3 s.
      for (long electedAt = 0; electedAt < 5 * SECOND / 2; electedAt += 10_000) {
        long late = foundAt(electedAt, named) - electedAt;
        assertTrue(late < SECOND, late + " µs after an election at " + electedAt);
      }
    }
  }

  @Test
  void aLeaderThatIsSlowToAnswerIsGivenTimeInTheEnd() {
    MasterChoice choice = new MasterChoice(MASTERS, random::nextLong);
    long longest = 0;
    for (int attempt = 0; attempt < 60; attempt++) {
      if (choice.choose().equals("stopped")) {
        longest = choice.timeoutMicros();
        choice.onFailure(UNANSWERED);
      } else {
        choice.onFailure(notLeader("stopped"));
      }
    }
    assertEquals(2 * SECOND, longest);
  }

  @Test
  void whereNobodyAnswersTheNetworkIsSlowPerhapsAndTimeoutsDouble() {
    MasterChoice choice = new MasterChoice(MASTERS, random::nextLong);
    for (long expected : new long[] {300_000, 600_000, 1_200_000, 2_000_000, 2_000_000}) {
      choice.choose();
      assertEquals(expected, choice.timeoutMicros());
      choice.onFailure(UNANSWERED);
    }
  }

  @Test
  void whomALeaderNamesAsItCeasesIsTriedAtOnceAndPatiently() {
    MasterChoice choice = new MasterChoice(MASTERS, random::nextLong);
    choice.choose();
    choice.onRegistered();
    assertEquals(0, choice.onLost(0, false, notLeader("elsewhere")));
    assertEquals("elsewhere", choice.choose());
    assertEquals(2 * SECOND, choice.timeoutMicros());
  }

  @Test
  void aSessionThatWasWorthNothingIsAFailedAttempt() {
    MasterChoice choice = new MasterChoice(List.of("only"), random::nextLong);
    choice.choose();
    choice.onRegistered();
    assertTrue(choice.onLost(SECOND, false, OTHER) > 0);
    choice.choose();
    choice.onRegistered();
    assertEquals(0, choice.onLost(SECOND + 1, false, OTHER));
  }
}
