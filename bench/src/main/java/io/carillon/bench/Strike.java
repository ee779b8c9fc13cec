package io.carillon.bench;

import io.carillon.bench.load.Outage;
import io.carillon.bench.report.BenchCommand;
import io.carillon.bench.rig.ServerProcess;
import java.util.Locale;

/** A way to lose a server, and what is to be reached then. */
enum Strike {
  NODE_KILL("node kill -9", false, 1_000, 3_000),
  NODE_STOP("node SIGTERM", false),
  LEADER_KILL("leader kill -9", true, 1_000, 5_000),
  LEADER_STOP("leader SIGTERM", true),
  LEADER_PAUSE("leader SIGSTOP", true, 5_000, 5_000);

  /** Of a hand-over in order: no fire is later than this. */
  private static final double ORDERLY_LATE_MILLIS = 250;

  private final String title;
  private final boolean leader;
  private final boolean orderly;
  private final double typicalMillis;
  private final double worstMillis;

  /** Without a word: so long until the schedules fire again. A pause is seen by the lease alone. */
  Strike(String title, boolean leader, double typicalMillis, double worstMillis) {
    this.title = title;
    this.leader = leader;
    this.orderly = false;
    this.typicalMillis = typicalMillis;
    this.worstMillis = worstMillis;
  }

  /** In order. */
  Strike(String title, boolean leader) {
    this.title = title;
    this.leader = leader;
    this.orderly = true;
    this.typicalMillis = ORDERLY_LATE_MILLIS;
    this.worstMillis = ORDERLY_LATE_MILLIS;
  }

  String title() {
    return title;
  }

  /** Of the leader; else of a clock node. */
  boolean ofLeader() {
    return leader;
  }

  /** The server can say good-bye, and goes on until others have its work. */
  boolean orderly() {
    return orderly;
  }

  void on(ServerProcess victim) throws Exception {
    switch (this) {
      case NODE_KILL, LEADER_KILL -> victim.kill();
      case NODE_STOP, LEADER_STOP -> victim.terminate();
      case LEADER_PAUSE -> victim.signal("STOP");
    }
  }

  /** Afterwards it runs again. */
  void undo(ServerProcess victim) throws Exception {
    if (this == LEADER_PAUSE) {
      victim.signal("CONT");
    } else {
      victim.restart();
    }
  }

  String goal() {
    if (orderly) {
      return say("no fire later than %.0f ms", worstMillis);
    }
    String typical =
        typicalMillis < worstMillis ? say("%.0f s typical, ", typicalMillis / 1000) : "";
    return typical + say("%.0f s worst", worstMillis / 1000);
  }

  /** Whether the goal is reached; else what it is missed by. */
  String met(Outage outage) {
    if (outage.firedAgain() < outage.schedules()) {
      return "no: " + (outage.schedules() - outage.firedAgain()) + " have not fired again";
    }
    double typical = orderly ? 0 : BenchCommand.millis(outage.gap(), 50);
    double worst = BenchCommand.millis(orderly ? outage.late() : outage.gap(), 100);
    if (worst > worstMillis) {
      return say("no: %.0f ms at worst", worst);
    }
    return typical > typicalMillis ? say("no: %.0f ms typically", typical) : "yes";
  }

  private static String say(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
