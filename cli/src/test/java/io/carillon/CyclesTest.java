package io.carillon;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.graph.Graph;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.Graphs;
import com.google.common.graph.MutableGraph;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What knows each other: no packages, and few classes of one. */
class CyclesTest {

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.carillon");

  private static final DescribedPredicate<JavaClass> GENERATED =
      resideInAnyPackage(
          "io.carillon.master.store.jooq..", "io.carillon.v1..", "io.carillon.cluster.v1..");

  @Test
  void packages_form_no_cycles_at_any_level() {
    JavaClasses ours = CODE.that(not(resideInAPackage("io.carillon.master.store.jooq..")));
    SlicesRuleDefinition.slices()
        .matching("io.carillon.(**)")
        .should()
        .beFreeOfCycles()
        .check(ours);
    for (String parent : new String[] {"master", "master.api", "master.store", "cli", "common"}) {
      SlicesRuleDefinition.slices()
          .matching("io.carillon." + parent + ".(*)..")
          .should()
          .beFreeOfCycles()
          .check(ours);
    }
  }

  /**
   * Classes of one package that know each other and are read as one, each with the reason. Of every
   * other two one is above the other.
   */
  private static final Map<String, Set<String>> AS_ONE =
      Map.ofEntries(
          entry(
              "a list of addresses is made by the class that names its forms",
              Set.of("transport.Addresses", "transport.FixedAddresses")),
          entry(
              "a spec writes, reads and compiles itself",
              Set.of(
                  "common.schedule.ClosedRanges",
                  "common.schedule.RecurrenceTimes",
                  "common.schedule.ScheduleSpec",
                  "common.schedule.SpecCompiler",
                  "common.schedule.SpecLimits",
                  "common.schedule.SpecParts",
                  "common.schedule.SpecText",
                  "common.schedule.SpecTextReader",
                  "common.schedule.ZonedTimes")),
          entry(
              "jitter moves the times that it is a part of",
              Set.of("common.schedule.Jitter", "common.schedule.Occurrences")),
          entry(
              "a delivery is acknowledged on the stream that it came on",
              Set.of(
                  "client.Delivery",
                  "client.FireHandler",
                  "client.FireStream",
                  "client.Subscription")),
          entry(
              "rows of either kind are compared as one",
              Set.of(
                  "master.core.ledger.Comparison",
                  "master.core.ledger.PromisedRows",
                  "master.core.ledger.RevisionRows")),
          entry(
              "a sweep of parked fires is a state of redelivery",
              Set.of("master.core.delivery.ParkedSweep", "master.core.delivery.Redeliveries")),
          entry(
              "a call that waits is known to the proxy that it waits at",
              Set.of("master.forward.ForwardedCall", "master.forward.LeaderProxy")),
          entry(
              "a drill strikes the server that offers it",
              Set.of("master.app.DrillTargets", "master.app.MasterServer")),
          entry(
              "promises are read in the order of the scan",
              Set.of("master.store.fires.LedgerScan", "master.store.fires.Promises")),
          entry(
              "a lane is one of two that end together",
              Set.of("master.store.fires.Lane", "master.store.fires.Lanes")),
          entry(
              "calendars of a schedule are rows of its write",
              Set.of(
                  "master.store.schedules.ScheduleCalendars",
                  "master.store.schedules.ScheduleStore")));

  @Test
  void classes_of_a_package_form_no_cycles() {
    MutableGraph<String> uses = GraphBuilder.directed().allowsSelfLoops(true).build();
    for (JavaClass type : CODE.that(not(GENERATED))) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass other = dependency.getTargetClass();
        if (other.getPackageName().equals(type.getPackageName())) {
          uses.putEdge(file(type), file(other));
        }
      }
    }
    Graph<String> reaches = Graphs.transitiveClosure(uses);
    Set<Set<String>> cycles = new HashSet<>();
    for (String file : uses.nodes()) {
      Set<String> cycle = new TreeSet<>(reaches.predecessors(file));
      cycle.retainAll(reaches.successors(file));
      if (cycle.size() > 1) {
        cycles.add(cycle);
      }
    }
    assertEquals(
        AS_ONE.values().stream().map(TreeSet::new).collect(toSet()),
        cycles,
        "what is no cycle any more is no exception");
  }

  /** The name of the top-level class. */
  private static String file(JavaClass type) {
    return type.getName().replaceFirst("^io\\.carillon\\.", "").replaceFirst("[$].*", "");
  }
}
