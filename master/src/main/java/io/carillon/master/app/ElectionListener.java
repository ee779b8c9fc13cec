package io.carillon.master.app;

import io.carillon.master.election.LeaderClock.Disagreement;

/** What comes of an election. Called from the thread of the election; must not block. */
interface ElectionListener {
  void lead(long epoch);

  /** This master leads no more, as of now. */
  void stepDown(String reason);

  /** It is known who leads, or that this master must not. Called again and again. */
  void follows();

  /** Runs this once the master is ready to lead, at once or soon. From any thread. */
  void whenReady(Runnable then);

  /** Whether PostgreSQL answers the election and says that another master leads, has changed. */
  void knowsLeader(boolean known);

  /** While leading: PostgreSQL took a renewal just now. */
  void storeAnswers();

  /** While leading: the clocks agree with cluster time no more, or again. */
  void clocksDisagree(Disagreement disagreement);
}
