package io.carillon.common.config;

/**
 * How the leader writes.
 *
 * @param commitMaxEvents after how many events a commit is full
 */
public record Commits(
    @Setting(
            value = "After how many fires a commit is full.",
            min = "1",
            max = "1000000",
            advanced = true)
        int commitMaxEvents) {

  public static final Commits DEFAULTS = new Commits(20_000);

  public Commits {
    Records.check(Commits.class, commitMaxEvents);
  }
}
