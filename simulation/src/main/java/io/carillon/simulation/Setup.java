package io.carillon.simulation;

import io.carillon.simulation.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a seed makes of a simulation: how large it is, and what is done to it.
 *
 * @param warmStandby whether partitions are kept loaded by a second node
 * @param chaos how long faults are done, in microseconds
 * @param pace mean time between two operations of the client
 */
public record Setup(
    long seed,
    int masters,
    int nodes,
    int partitions,
    int schedules,
    int destinations,
    int subscribers,
    boolean warmStandby,
    long chaos,
    long pace,
    List<Fault> faults) {

  private static final long SECOND = 1_000_000;

  public static Setup of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Fault.Kind[] all = Fault.Kind.values();
    // A few kinds, often: what goes wrong together is worse than what goes wrong alone.
    Fault.Kind[] chosen = new Fault.Kind[2 + random.nextInt(6)];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = all[random.nextInt(all.length)];
    }
    return of(seed, random, 1 + random.nextInt(3), chosen);
  }

  /** One with faults of these kinds only. */
  public static Setup of(long seed, int masters, Fault.Kind... kinds) {
    return of(seed, new SplittableRandom(seed), masters, kinds);
  }

  private static Setup of(long seed, SplittableRandom random, int masters, Fault.Kind[] kinds) {
    int destinations = 1 + random.nextInt(2);
    long chaos = 12 * SECOND + random.nextLong(18 * SECOND);
    return new Setup(
        seed,
        masters,
        1 + random.nextInt(5),
        4 + random.nextInt(13),
        3 + random.nextInt(18),
        destinations,
        destinations + random.nextInt(3),
        random.nextBoolean(),
        chaos,
        50_000 + random.nextLong(700_000),
        faults(random, chaos, kinds));
  }

  private static List<Fault> faults(SplittableRandom random, long chaos, Fault.Kind[] kinds) {
    // Two wrong clocks that agree are believed: only one of those that count goes wrong.
    int wrongClock = random.nextInt(60);
    int count = 3 + random.nextInt(20);
    List<Fault> faults = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      Fault.Kind kind = kinds[random.nextInt(kinds.length)];
      long at = 2 * SECOND + random.nextLong(chaos - 2 * SECOND);
      long lasts = random.nextInt(3) == 0 ? random.nextLong(6 * SECOND) : random.nextLong(SECOND);
      int target = kind == Fault.Kind.WALL_STEP ? wrongClock : random.nextInt(60);
      faults.add(new Fault(number, kind, at, lasts, target, random.nextInt(60)));
    }
    return faults;
  }

  /** The same without some of its faults. */
  public Setup without(Set<Integer> numbers) {
    return with(faults.stream().filter(fault -> !numbers.contains(fault.number())).toList());
  }

  /** The same with these faults. */
  public Setup with(List<Fault> others) {
    return new Setup(
        seed,
        masters,
        nodes,
        partitions,
        schedules,
        destinations,
        subscribers,
        warmStandby,
        chaos,
        pace,
        List.copyOf(others));
  }
}
