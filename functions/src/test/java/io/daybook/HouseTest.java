package io.daybook;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** The arrows between the rooms of the house, and what each room may know. */
@AnalyzeClasses(packages = "io.daybook", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
    @ArchTest
    static final ArchRule arrows_never_go_back_or_sideways = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("ledger")
            .definedBy("io.daybook.ledger")
            .layer("items")
            .definedBy("io.daybook.items")
            .layer("journal")
            .definedBy("io.daybook.journal")
            .layer("views")
            .definedBy("io.daybook.views")
            .layer("runtime")
            .definedBy("io.daybook.runtime")
            .layer("telemetry")
            .definedBy("io.daybook.telemetry")
            .layer("api")
            .definedBy("io.daybook.api")
            .layer("background")
            .definedBy("io.daybook.background")
            .whereLayer("api")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("background")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("runtime")
            .mayOnlyBeAccessedByLayers("api", "background")
            .whereLayer("journal")
            .mayOnlyBeAccessedByLayers("runtime", "api", "background")
            .whereLayer("views")
            .mayOnlyBeAccessedByLayers("runtime", "api", "background")
            .whereLayer("telemetry")
            .mayNotAccessAnyLayer()
            .whereLayer("items")
            .mayOnlyBeAccessedByLayers("journal", "views", "runtime", "background");

    @ArchTest
    static final ArchRule the_domain_knows_the_jdk_alone = classes()
            .that()
            .resideInAPackage("io.daybook.ledger")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.daybook.ledger", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule the_domain_has_no_clock_and_no_chance = noClasses()
            .that()
            .resideInAPackage("io.daybook.ledger")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.util.Random.class);

    @ArchTest
    static final ArchRule one_place_reads_the_environment = noClasses()
            .that()
            .resideOutsideOfPackage("io.daybook.runtime")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    /** So that nothing of it is loaded where no traces are wanted. */
    @ArchTest
    static final ArchRule two_classes_know_opentelemetry = noClasses()
            .that()
            .haveNameNotMatching("io\\.daybook\\.(telemetry\\.Spans|runtime\\.Tracing)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    /** Names and units of metrics stand in one table. */
    @ArchTest
    static final ArchRule one_place_emits_metrics = noClasses()
            .that()
            .resideOutsideOfPackage("io.daybook.runtime")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.lambda.powertools.metrics..");

    /** Lambda starts functions from one snapshot: what is drawn or dated before it would be the same in all of them. */
    @ArchTest
    static final ArchRule chance_is_drawn_where_no_two_starts_draw_the_same = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Random.class, ThreadLocalRandom.class, SplittableRandom.class)
            .orShould()
            .callMethod(Math.class, "random");

    private static final Set<String> UNIQUE = Set.of(
            "java.time.Instant.now",
            "java.time.InstantSource.instant",
            "java.time.Clock.instant",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.util.UUID.randomUUID");

    @ArchTest
    static final ArchRule no_class_and_no_object_begins_with_a_time_or_an_id = classes()
            .should(new ArchCondition<>("begin with no time and no id") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    type.getMethodCallsFromSelf().stream()
                            .filter(call -> Set.of("<clinit>", "<init>")
                                    .contains(call.getOwner().getName()))
                            .filter(call ->
                                    UNIQUE.contains(call.getTargetOwner().getName() + "." + call.getName()))
                            .forEach(call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
                }
            });

    @ArchTest
    static final ArchRule handlers_live_where_the_triggers_are = classes()
            .that()
            .areAssignableTo(RequestStreamHandler.class)
            .and()
            .doNotHaveModifier(JavaModifier.ABSTRACT)
            .should()
            .resideInAnyPackage("io.daybook.api", "io.daybook.background");
}
