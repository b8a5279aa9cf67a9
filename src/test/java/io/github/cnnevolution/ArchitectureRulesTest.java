package io.github.cnnevolution;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Formatter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The packages from top to bottom; arrows point down only. */
class ArchitectureRulesTest {
  private static final String ROOT = "io.github.cnnevolution";
  private static final List<String> TOP_DOWN =
      List.of(
          "cli",
          "report",
          "spark",
          "engine",
          "run",
          "search",
          "evaluation",
          "training",
          "network",
          "data",
          "device",
          "space",
          "files",
          "text");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void arrowsPointDown() {
    var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : TOP_DOWN) {
      layers = layers.layer(name).definedBy(ROOT + "." + name + "..");
    }
    for (int i = 0; i < TOP_DOWN.size(); i++) {
      layers =
          i == 0
              ? layers.whereLayer(TOP_DOWN.get(0)).mayNotBeAccessedByAnyLayer()
              : layers
                  .whereLayer(TOP_DOWN.get(i))
                  .mayOnlyBeAccessedByLayers(TOP_DOWN.subList(0, i).toArray(String[]::new));
    }
    layers.check(CLASSES);
  }

  @Test
  void everyClassHasItsPackage() {
    for (String name : TOP_DOWN) {
      assertTrue(
          CLASSES.stream().anyMatch(c -> c.getPackageName().equals(ROOT + "." + name)),
          "no class in " + name);
    }
    assertTrue(
        CLASSES.stream()
            .allMatch(c -> TOP_DOWN.contains(c.getPackageName().substring(ROOT.length() + 1))));
  }

  @Test
  void searchKnowsOnlySpaces() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".search..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".evaluation..",
            ROOT + ".training..",
            ROOT + ".network..",
            ROOT + ".data..",
            ROOT + ".device..",
            "org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void spacesAndAlgorithmsArePureJava() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".space..", ROOT + ".files..", ROOT + ".text..", ROOT + ".search..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..", ROOT + ".space..", ROOT + ".files..", ROOT + ".text..", ROOT + ".search..")
        .check(CLASSES);
  }

  @Test
  void tensorsStayBelow() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".cli..", ROOT + ".report..", ROOT + ".engine..", ROOT + ".search..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(CLASSES);
  }

  /**
   * The command line knows settings, views and the engine, but no store and nothing that trains.
   */
  @Test
  void theCommandLineHoldsNoEngine() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".cli..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + ".network..")
                .or(simpleName("EvaluationStore"))
                .or(simpleName("Trainer"))
                .or(simpleName("EvaluationService"))
                .or(simpleName("KeptModels")))
        .check(CLASSES);
  }

  /** What a person sees is made from events and stored runs, whatever the options are called. */
  @Test
  void reportsDoNotParseOptions() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".report..", ROOT + ".engine..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.commons.cli..")
        .check(CLASSES);
  }

  /** Spark is not in the jar: what names its classes must not be loaded without it. */
  @Test
  void onlySparkNamesSpark() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".spark..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "scala..")
        .check(CLASSES);
  }

  @Test
  void onlyDeviceNamesCuda() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".device..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco.cuda..", "org.bytedeco.pytorch.cuda..")
        .check(CLASSES);
  }

  /** Digits, upper case and bytes that depend on the machine's locale do not belong in any file. */
  @Test
  void nothingDependsOnTheDefaultLocaleOrCharset() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".text.Text")
        .should()
        .callMethod(String.class, "formatted", Object[].class)
        .orShould()
        .callMethod(String.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "printf", String.class, Object[].class)
        .orShould()
        .callMethod(PrintStream.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(String.class, "toLowerCase")
        .orShould()
        .callMethod(String.class, "toUpperCase")
        .orShould()
        .callMethod(String.class, "getBytes")
        .orShould()
        .callConstructor(String.class, byte[].class)
        .orShould()
        .callConstructor(InputStreamReader.class, InputStream.class)
        .orShould()
        .callConstructor(OutputStreamWriter.class, OutputStream.class)
        .orShould()
        .callConstructor(Formatter.class)
        .orShould()
        .callMethod(Charset.class, "defaultCharset")
        .check(CLASSES);
  }

  /** A java.io.File loses the bytes of a name that the platform's charset cannot express. */
  @Test
  void noPathBecomesAFile() {
    noClasses()
        .should()
        .callMethod(Path.class, "toFile")
        .orShould()
        .callConstructor(File.class, String.class)
        .orShould()
        .callConstructor(File.class, String.class, String.class)
        .orShould()
        .callConstructor(FileInputStream.class, String.class)
        .orShould()
        .callConstructor(FileOutputStream.class, String.class)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineUsesTheStandardStreams() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .should(com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(CLASSES);
  }
}
