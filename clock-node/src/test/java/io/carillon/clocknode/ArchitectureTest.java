package io.carillon.clocknode;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.carillon.clocknode");

  @Test
  void theCoreKnowsTheJdkAndTheCommonVocabularyOnly() {
    classes()
        .that()
        .resideInAPackage("..clocknode.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.carillon.clocknode.core..", "io.carillon.common..", "java.lang..", "java.util..")
        .check(CLASSES);
  }

  @Test
  void theCoreReadsNoClockDrawsNoChanceAndKnowsNoThreads() {
    noClasses()
        .that()
        .resideInAPackage("..clocknode.core..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, Random.class, SplittableRandom.class, UUID.class, System.class)
        .check(CLASSES);
  }

  @Test
  void theLinkDoesNotKnowTheApp() {
    noClasses()
        .that()
        .resideInAPackage("..clocknode.rpc..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..clocknode.app..")
        .check(CLASSES);
  }
}
