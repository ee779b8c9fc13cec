package io.carillon.simulation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The simulation runs cores, and nothing of it depends on time, chance or threads of its own. */
class ArchitectureTest {

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.carillon.simulation");

  @Test
  void the_simulation_sees_cores_and_never_edges() {
    classes()
        .that()
        .resideInAPackage("io.carillon.simulation..")
        .and()
        .doNotHaveSimpleName("SimulationCommand")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.carillon.simulation..",
            "io.carillon.common..",
            "io.carillon.master.core..",
            "io.carillon.master.election..",
            "io.carillon.clocknode.core..",
            "java..")
        .check(CODE);
  }

  @Test
  void the_oracle_knows_nothing_of_the_product() {
    classes()
        .that()
        .resideInAPackage("io.carillon.simulation.oracle..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.carillon.simulation.oracle..", "java..")
        .check(CODE);
  }

  @Test
  void nothing_in_it_reads_a_clock_or_starts_a_thread() {
    noClasses()
        .that()
        .doNotHaveSimpleName("SimulationCommand")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, java.util.Random.class, java.util.UUID.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..", "java.sql..", "java.net..")
        .check(CODE);
  }
}
