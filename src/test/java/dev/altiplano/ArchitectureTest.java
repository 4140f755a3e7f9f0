package dev.altiplano;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;

/** The directions in which packages may depend on each other, and where the few things live that only one place may touch. */
@AnalyzeClasses(packages = "dev.altiplano", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ENGINE = "dev.altiplano.engine";
    private static final Path SOURCES = Path.of("src/main/java");
    private static final List<String> JDK = List.of(
            "java..",
            "javax.net.ssl..",
            "jdk.jfr..",
            "com.sun.management..",
            "jdk.incubator.vector..",
            "org.jspecify.annotations..");

    // --- Layers: the program, the service, the tools and training stand above the engine, which knows none of them.

    @ArchTest
    static final ArchRule ENGINE_NEEDS_THE_JDK_ALONE = onlyDependsOn("engine..", "engine..")
            .because(
                    "the engine is a library of its own: it knows no Spring, Jakarta, Micrometer, Jackson or command line");

    @ArchTest
    static final ArchRule CLIENT_STANDS_ALONE =
            onlyDependsOn("client", "client").because("whoever calls the service takes it along without the service");

    @ArchTest
    static final ArchRule TRAINING_STANDS_BESIDE_THE_SERVICE = classes()
            .that()
            .resideInAPackage("dev.altiplano.training..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("dev.altiplano.training..", ENGINE + "..", "tools.jackson..")
                    .or(resideInAnyPackage(JDK.toArray(String[]::new))))
            .because(
                    "models are trained with the engine's own kernels, without the service; examples are lines of JSON");

    @ArchTest
    static final ArchRule EVALUATION_STANDS_BESIDE_THE_SERVICE = classes()
            .that()
            .resideInAPackage("dev.altiplano.evaluation..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            "dev.altiplano.evaluation..", ENGINE + "..", "tools.jackson..", "org.yaml.snakeyaml..")
                    .or(resideInAnyPackage(JDK.toArray(String[]::new))))
            .because("models are judged through the engine or over HTTP, by files of YAML and JSON");

    @ArchTest
    static final ArchRule TOOLS_KNOW_NO_SERVICE = noClasses()
            .that()
            .resideInAPackage("dev.altiplano.tool..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.altiplano.server..", "org.springframework..", "jakarta..");

    @ArchTest
    static final ArchRule THE_SERVICE_KNOWS_NO_TOOL = noClasses()
            .that()
            .resideInAPackage("dev.altiplano.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.altiplano.tool..", "dev.altiplano.training..", "dev.altiplano.evaluation..");

    @ArchTest
    static final ArchRule THE_SERVICE_SEES_THE_ENGINE_FROM_OUTSIDE = noClasses()
            .that(resideInAPackage("dev.altiplano.server..")
                    .and(not(resideInAnyPackage("dev.altiplano.server.config", "dev.altiplano.server.lifecycle"))))
            .should()
            .dependOnClassesThat(resideInAPackage(ENGINE + ".*..")
                    .and(not(resideInAnyPackage(ENGINE + ".chat..", ENGINE + ".grammar..", ENGINE + ".os"))))
            .because(
                    "what stands at the engine's root is its whole surface, with the messages of a chat and what texts follow; meters ask the system");

    @ArchTest
    static final ArchRule CONFIGURATION_OPENS_THE_ENGINE = noClasses()
            .that()
            .resideInAnyPackage("dev.altiplano.server.config", "dev.altiplano.server.lifecycle")
            .should()
            .dependOnClassesThat(resideInAPackage(ENGINE + ".*..")
                    .and(not(resideInAnyPackage(
                            ENGINE + ".run",
                            ENGINE + ".load",
                            ENGINE + ".os",
                            ENGINE + ".checkpoint..",
                            ENGINE + ".kernel",
                            ENGINE + ".chat.."))));

    // --- Inside the engine.

    @ArchTest
    static final ArchRule THE_SURFACE_KNOWS_NO_ROOM = onlyDependsOn(
                    "engine", "engine", "engine.chat..", "engine.kernel", "engine.grammar..")
            .because("what users see stands still while rooms are rebuilt");

    @ArchTest
    static final ArchRule JSON_STANDS_ALONE = onlyDependsOn("engine.json", "engine.json");

    @ArchTest
    static final ArchRule OS_STANDS_ALONE = onlyDependsOn("engine.os..", "engine.os..");

    @ArchTest
    static final ArchRule KERNEL_STANDS_ALONE = onlyDependsOn("engine.kernel..", "engine.kernel..", "engine.os")
            .because(
                    "it gets memory segments, sizes, offsets and block ids; it knows no model, sequence or block table");

    @ArchTest
    static final ArchRule KERNEL_CONTRACT_KNOWS_NO_BACKEND =
            onlyDependsOn("engine.kernel", "engine.kernel", "engine.os");

    @ArchTest
    static final ArchRule TOKENIZER_STANDS_ALONE = onlyDependsOn("engine.tokenizer..", "engine.tokenizer..");

    @ArchTest
    static final ArchRule CHAT_STANDS_ALONE = onlyDependsOn("engine.chat..", "engine.chat..", "engine.json");

    @ArchTest
    static final ArchRule CHECKPOINT_STANDS_ALONE =
            onlyDependsOn("engine.checkpoint..", "engine.checkpoint..", "engine.json");

    @ArchTest
    static final ArchRule QUEUE_STANDS_ALONE = onlyDependsOn("engine.queue..", "engine.queue..");

    @ArchTest
    static final ArchRule GRAMMAR_STANDS_ALONE = onlyDependsOn("engine.grammar..", "engine.grammar..", "engine.json");

    @ArchTest
    static final ArchRule CACHE_KNOWS_NO_TEXT =
            onlyDependsOn("engine.cache..", "engine.cache..", "engine.kernel").because("it knows tokens and blocks");

    @ArchTest
    static final ArchRule MODEL_KNOWS_NO_REQUEST = onlyDependsOn(
                    "engine.model..",
                    "engine.model..",
                    "engine.cache..",
                    "engine.kernel",
                    "engine.kernel.quant",
                    "engine.kernel.rows",
                    "engine.os",
                    "engine.checkpoint",
                    "engine.checkpoint.architecture")
            .because("it turns token rows into logits, for whomever");

    @ArchTest
    static final ArchRule SAMPLE_KNOWS_NO_REQUEST =
            onlyDependsOn("engine.sample..", "engine.sample..", "engine.kernel", "engine.grammar..");

    @ArchTest
    static final ArchRule SCHEDULE_KNOWS_NO_TENSOR =
            onlyDependsOn("engine.schedule..", "engine.schedule..", "engine.cache..");

    @ArchTest
    static final ArchRule WHO_DECIDES_TOUCHES_NO_MEMORY = noClasses()
            .that()
            .resideInAnyPackage(ENGINE + ".schedule..", ENGINE + ".queue..", ENGINE + ".tokenizer..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign..");

    // --- What only one place may touch.

    @ArchTest
    static final ArchRule ONE_PACKAGE_KNOWS_THE_VECTOR_API = noClasses()
            .that()
            .resideOutsideOfPackage(ENGINE + ".kernel.vector")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..");

    @ArchTest
    static final ArchRule FEW_LEAVE_JAVA = noClasses()
            .that(not(resideInAnyPackage(
                    ENGINE + ".kernel.ffm",
                    ENGINE + ".kernel.roofline",
                    ENGINE + ".os",
                    "dev.altiplano.training.kernel")))
            .should()
            .dependOnClassesThat(nameMatching("java\\.lang\\.foreign\\.(Linker|SymbolLookup|FunctionDescriptor).*"));

    @ArchTest
    static final ArchRule MEMORY_HAS_AN_OWNER_THAT_CLOSES_IT = noClasses()
            .should()
            .callMethod("java.lang.foreign.Arena", "ofAuto")
            .because("an arena that the collector closes has no owner and frees gigabytes when it likes");

    @ArchTest
    static final ArchRule LIBRARIES_DO_NOT_PRINT = noClasses()
            .that()
            .resideOutsideOfPackage("dev.altiplano.tool..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule THE_ENGINE_USES_ITS_OWN_THREADS = noClasses()
            .that()
            .resideInAPackage(ENGINE + "..")
            .should()
            .dependOnClassesThat(nameMatching("java\\.util\\.concurrent\\.(ForkJoin.*|CompletableFuture)"))
            .because(
                    "the engine thread and its workers have the cores; the common pool's threads would compete with them");

    @ArchTest
    static final ArchRule KERNELS_LOOP_PLAINLY = noClasses()
            .that()
            .resideInAPackage(ENGINE + ".kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.stream..");

    @ArchTest
    static final ArchRule WHAT_NOBODY_EXTENDS_IS_FINAL = classes()
            .that(whatNobodyExtends())
            .should()
            .haveModifier(JavaModifier.FINAL)
            .because(
                    "a class is open where it was made to be extended, and shows it by a subclass (Spring extends configurations)");

    // --- Packages.

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.altiplano.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule PACKAGES_ARE_CALLED_BY_WHAT_THEY_HOLD = noClasses()
            .should()
            .resideInAnyPackage(
                    "..util..",
                    "..utils..",
                    "..common..",
                    "..impl..",
                    "..core..",
                    "..helper..",
                    "..helpers..",
                    "..manager..",
                    "..misc..");

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        Set<Path> silent = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Path said = file.resolveSibling("package-info.java");
                if (!Files.exists(said)
                        || !Files.readString(said).contains("@NullMarked")
                        || !Files.readString(said).startsWith("/**")) {
                    silent.add(said);
                }
            }
        }
        assertThat(silent).as("package-info.java with Javadoc and @NullMarked").isEmpty();
    }

    // --- The words of the rules.

    /** Classes of {@code from} use the JDK, the annotations for null, and {@code to}; both are named below {@code dev.altiplano}. */
    private static ClassesShouldConjunction onlyDependsOn(String from, String... to) {
        List<String> allowed = new ArrayList<>(JDK);
        for (String name : to) {
            allowed.add("dev.altiplano." + name);
        }
        return classes()
                .that()
                .resideInAPackage("dev.altiplano." + from)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new));
    }

    private static DescribedPredicate<JavaClass> whatNobodyExtends() {
        return describe(
                "nobody extends",
                type -> !type.isInterface()
                        && !type.isEnum()
                        && !type.isMetaAnnotatedWith(Configuration.class)
                        && !type.isAnonymousClass()
                        && !type.getModifiers().contains(JavaModifier.ABSTRACT)
                        && type.getSubclasses().isEmpty());
    }
}
