package io.carillon;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which part may know which. Think hard about the layering before changing this file. */
class ArchitectureTest {

  private static final String[] CORES = {
    "io.carillon.master.core..",
    "io.carillon.master.election..",
    "io.carillon.clocknode.core..",
    "io.carillon.common.."
  };

  private static final String RECURRENCES = "org.dmfs..";
  private static final String CRON_WORDS = "com.cronutils..";

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.carillon");

  @Test
  void common_knows_nothing_but_the_jdk_and_guava() {
    classes()
        .that()
        .resideInAPackage("io.carillon.common..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.carillon.common..", "java..", "com.google.common..", RECURRENCES, CRON_WORDS)
        .check(CODE);
  }

  @Test
  void cron_utils_says_what_an_expression_means_and_computes_no_time() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon..")
        .and()
        .resideOutsideOfPackages("io.carillon.common.words..", "io.carillon.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CRON_WORDS)
        .check(CODE);
  }

  @Test
  void recurrence_rules_are_read_by_a_library_in_one_package() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon..")
        .and()
        .resideOutsideOfPackage("io.carillon.common.recurrence..")
        .and()
        .resideOutsideOfPackage("io.carillon.master.calendar..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(RECURRENCES)
        .check(CODE);
  }

  @Test
  void cores_know_nothing_but_common() {
    classes()
        .that()
        .resideInAPackage("io.carillon.master.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.carillon.master.core..",
            "io.carillon.common..",
            "java..",
            // Maps of primitive keys: as pure as those of java.util.
            "org.agrona.collections")
        .check(CODE);
    classes()
        .that()
        .resideInAPackage("io.carillon.clocknode.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.carillon.clocknode.core..", "io.carillon.common..", "java..")
        .check(CODE);
    classes()
        .that()
        .resideInAPackage("io.carillon.master.election..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.carillon.master.election..", "io.carillon.common..", "java..")
        .check(CODE);
  }

  @Test
  void cores_get_time_and_chance_as_arguments() {
    noClasses()
        .that()
        .resideInAnyPackage(CORES)
        .should()
        .callMethodWhere(clockOrChance())
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(java.util.concurrent.Executor.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.net..", "java.nio.file..", "java.sql..")
        .check(CODE.that(DescribedPredicate.not(io())));
  }

  /** Records' and enums' own machinery. */
  private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> io() {
    return com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Throwable.class);
  }

  private static DescribedPredicate<JavaCall<?>> clockOrChance() {
    return DescribedPredicate.describe(
        "reads a clock, sleeps, starts a thread or draws a random number",
        call -> {
          String owner = call.getTargetOwner().getName();
          String name = call.getTarget().getName();
          return (owner.startsWith("java.time.") && name.equals("now"))
              || (owner.equals("java.lang.System")
                  && (name.equals("currentTimeMillis") || name.equals("nanoTime")))
              || owner.equals("java.lang.Thread")
              || owner.equals("java.util.Random")
              || (owner.equals("java.util.UUID") && name.equals("randomUUID"))
              || (owner.equals("java.time.ZoneId") && name.equals("systemDefault"));
        });
  }

  @Test
  void master_and_node_do_not_know_each_other_and_the_client_knows_neither() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon.master..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.carillon.clocknode..", "io.carillon.client..", "io.carillon.cli..")
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage("io.carillon.clocknode..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.carillon.master..", "io.carillon.client..", "io.carillon.cli..")
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage("io.carillon.client..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.carillon.master..",
            "io.carillon.clocknode..",
            "io.carillon.cli..",
            "io.carillon.common..")
        .check(CODE);
  }

  @Test
  void channels_and_ports_are_each_made_in_one_place() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon..")
        .and()
        .doNotHaveFullyQualifiedName("io.carillon.transport.Channels")
        .should()
        .callMethodWhere(makes("channel", ".*ChannelBuilder.for.*|.*Grpc.newChannelBuilder.*"))
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage("io.carillon..")
        .and()
        .doNotHaveFullyQualifiedName("io.carillon.master.app.GrpcPort")
        .should()
        .callMethodWhere(makes("port", ".*ServerBuilder.for.*|.*Grpc.newServerBuilder.*"))
        .check(CODE);
  }

  private static DescribedPredicate<JavaCall<?>> makes(String what, String methods) {
    return DescribedPredicate.describe(
        "makes a " + what,
        call -> (call.getTargetOwner().getName() + "." + call.getName()).matches(methods));
  }

  @Test
  void what_measures_is_seen_behind_the_instruments_only_and_never_by_a_core() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon..")
        .and()
        .resideOutsideOfPackage("io.carillon.master.instruments..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.prometheus..")
        .check(CODE);
    noClasses()
        .that()
        .resideInAnyPackage(CORES)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.carillon.master.instruments..")
        .check(CODE);
  }

  @Test
  void the_table_of_services_knows_the_contracts_only() {
    classes()
        .that()
        .resideInAPackage("io.carillon.master.access..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.carillon.master.access..",
            "io.carillon.v1..",
            "io.carillon.cluster.v1..",
            "io.grpc",
            "java..")
        .check(CODE);
  }

  @Test
  void sql_stays_in_the_store() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon.master..")
        .and()
        .resideOutsideOfPackage("io.carillon.master.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.jooq..",
            "org.postgresql..",
            "com.zaxxer..",
            "org.flywaydb..",
            // What jOOQ makes of the schema: rows leave the store as records of ours.
            "io.carillon.master.store.jooq..")
        .check(CODE);
  }

  /** Beside these, nothing of the API knows messages: what a call needs is read by them. */
  private static final String DOORS =
      "io\\.carillon\\.master\\.api\\.\\w+\\.\\w+(Rpc|Reads|Call|Requests|Messages)(\\$.*)?";

  @Test
  void messages_are_read_and_shown_at_the_doors_only() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.carillon.master.api..",
            "io.carillon.master.operation..",
            "io.carillon.master.verification..",
            "io.carillon.master.loop..",
            "io.carillon.master.store..")
        .and(not(nameMatching(DOORS)))
        // What all doors share: refusals, field masks, times on the wire.
        .and()
        .resideOutsideOfPackage("io.carillon.master.api.call..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.carillon.v1..", "io.carillon.cluster.v1..", "com.google.protobuf..", "io.grpc..")
        .check(CODE);
  }

  @Test
  void delivery_knows_no_way_out() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon.master.delivery..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.carillon.v1..", "com.google.protobuf..", "io.grpc..")
        .check(CODE);
  }

  @Test
  void terminal_and_calls_know_nobody_who_uses_them() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon.cli.terminal..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.carillon.cli..")
                .and(not(resideInAPackage("io.carillon.cli.terminal.."))))
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage("io.carillon.master.api.call..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.carillon.master.api..")
                .and(not(resideInAPackage("io.carillon.master.api.call.."))))
        .check(CODE);
  }

  @Test
  void names_say_what_a_class_is() {
    noClasses()
        .that()
        .resideInAPackage("io.carillon..")
        .and()
        .resideOutsideOfPackages(
            "io.carillon.v1..", "io.carillon.cluster.v1..", "io.carillon.master.store.jooq..")
        .should()
        .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Data|Info)")
        .check(CODE);
  }
}
