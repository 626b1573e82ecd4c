package org.dinovmf.tools;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.dinovmf.graph.WeightStore;
import org.junit.jupiter.api.Test;

/**
 * What Maven's module boundaries cannot say about the architecture. It stands in the module that
 * sees all others.
 */
class ArchitectureTest {

  private static final JavaClasses PROJECT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.dinovmf");

  /** The one class of {@code tools} that may run a graph. */
  private static final String GRAPH_RUNNER = "org.dinovmf.tools.GraphRunner";

  private static final DescribedPredicate<JavaClass> WEIGHT_STORE =
      belongToAnyOf(WeightStore.class);

  @Test
  void seesEveryModule() {
    Set<String> modules =
        PROJECT.stream()
            .map(type -> type.getPackageName().replaceFirst("org\\.dinovmf\\.(\\w+).*", "$1"))
            .collect(Collectors.toSet());
    assertEquals(Set.of("ops", "graph", "training", "savedmodel", "tools"), modules);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.dinovmf.(**)").should().beFreeOfCycles().check(PROJECT);
  }

  @Test
  void opsTouchNoSessionGraphOrVariable() {
    noClasses()
        .that()
        .resideInAPackage("org.dinovmf.ops..")
        .should()
        .dependOnClassesThat(
            assignableTo("org.tensorflow.Session")
                .or(assignableTo("org.tensorflow.SavedModelBundle"))
                .or(assignableTo("org.tensorflow.Graph"))
                .or(assignableTo("org.tensorflow.op.core.Variable"))
                .or(assignableTo("org.tensorflow.op.core.VarHandleOp")))
        .because("an op is a function from operands to operands")
        .check(PROJECT);
  }

  @Test
  void graphOpensNoSession() {
    noClasses()
        .that()
        .resideInAPackage("org.dinovmf.graph..")
        .should()
        .dependOnClassesThat(
            assignableTo("org.tensorflow.Session")
                .or(assignableTo("org.tensorflow.SavedModelBundle")))
        .because("a network is a description; who trains or serves it runs it")
        .check(PROJECT);
  }

  @Test
  void fewPlacesOpenSessions() {
    noClasses()
        .that(
            not(resideInAnyPackage("org.dinovmf.training..", "org.dinovmf.savedmodel.."))
                .and(not(name(GRAPH_RUNNER))))
        .should()
        .callConstructorWhere(target(owner(assignableTo("org.tensorflow.Session"))))
        .check(PROJECT);
  }

  @Test
  void onlySavedmodelLoadsModels() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.dinovmf.savedmodel..")
        .should()
        .dependOnClassesThat(assignableTo("org.tensorflow.SavedModelBundle"))
        .orShould()
        .callMethodWhere(target(name("importGraphDef")))
        .because("loading a model runs what it says")
        .check(PROJECT);
  }

  @Test
  void whatIsInspectedIsNotRun() {
    noClasses()
        .that()
        .resideInAPackage("org.dinovmf.tools.inspect..")
        .should()
        .dependOnClassesThat(
            assignableTo("org.tensorflow.Session")
                .or(assignableTo("org.tensorflow.SavedModelBundle"))
                .or(assignableTo("org.tensorflow.Graph"))
                .or(assignableTo("org.dinovmf.savedmodel.Encoder")))
        .because("a model may be hostile until it was looked at")
        .check(PROJECT);
  }

  @Test
  void oneClassOfOpsBuildsOpsByName() {
    Set<JavaClass> builders =
        PROJECT.stream()
            .filter(
                type ->
                    type.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getTarget().getName().equals("opBuilder")))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(),
        builders.size() <= 1
            ? builders.stream()
                .filter(not(resideInAPackage("org.dinovmf.ops")))
                .collect(Collectors.toSet())
            : builders,
        "opBuilder belongs in one class of org.dinovmf.ops");
  }

  @Test
  void onlyTheWeightStoreMakesVariables() {
    noClasses()
        .that(not(WEIGHT_STORE))
        .should()
        .callMethodWhere(
            target(nameMatching("variable|varHandleOp|varHandlesOp|temporaryVariable"))
                .and(target(owner(resideInAPackage("org.tensorflow.op")))))
        .orShould()
        .callMethodWhere(
            target(name("create"))
                .and(
                    target(
                        owner(
                            assignableTo("org.tensorflow.op.core.Variable")
                                .or(assignableTo("org.tensorflow.op.core.VarHandleOp"))))))
        .check(PROJECT);
  }

  @Test
  void onlyToolsPrint() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.dinovmf.tools..")
        .should()
        .accessFieldWhere(target(owner(name("java.lang.System"))))
        .orShould()
        .callMethodWhere(target(name("printStackTrace")))
        .because("a library reports to its caller")
        .check(PROJECT);
  }

  @Test
  void onlyToolsEndTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.dinovmf.tools..")
        .should()
        .callMethodWhere(
            target(nameMatching("exit|halt"))
                .and(target(owner(nameMatching("java\\.lang\\.(System|Runtime)")))))
        .check(PROJECT);
  }

  @Test
  void randomNumbersComeFromSeeds() {
    noClasses()
        .should()
        .callMethodWhere(target(name("random")).and(target(owner(name("java.lang.Math")))))
        .orShould()
        .dependOnClassesThat(
            nameMatching("java\\.util\\.concurrent\\.ThreadLocalRandom|java\\.util\\.Random"))
        .because("the same seed must give the same run")
        .check(PROJECT);
  }

  @Test
  void nothingUsesReflectionOrALoggingFramework() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.lang.reflect..", "java.util.logging..", "org.slf4j.."))
        .check(PROJECT);
  }

  @Test
  void classesAreFinalOrAbstract() {
    DescribedPredicate<JavaClass> plain =
        describe(
            "plain classes",
            type ->
                !type.isInterface()
                    && !type.isEnum()
                    && !type.isAnonymousClass()
                    && !type.isAssignableTo(Enum.class)
                    && !type.getSimpleName().equals("package-info"));
    classes()
        .that(plain)
        .should()
        .haveModifier(JavaModifier.FINAL)
        .orShould()
        .haveModifier(JavaModifier.ABSTRACT)
        .because("inheritance is designed or forbidden")
        .check(PROJECT);
  }
}
