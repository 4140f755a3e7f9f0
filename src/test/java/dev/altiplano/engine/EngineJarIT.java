package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.ChildJvm;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code altiplano-engine.jar}, as a program without Spring uses it: compiled and run against the jar and the JDK alone. */
class EngineJarIT {

    private static final Path JAR = Path.of("target/altiplano-engine.jar").toAbsolutePath();
    private static final Path PROGRAM = Path.of("src/test/resources/engine/Complete.java");
    private static final Path READER = Path.of("src/test/resources/engine/Read.java");

    @TempDir
    private Path folder;

    @Test
    void aShortProgramCompletesWithTheJarAndTheJdkAlone() throws Exception {
        run("javac", "-d", folder.toString(), "-cp", JAR.toString(), PROGRAM.toString());
        String text = run(
                "java",
                ChildJvm.temporaryFiles(folder),
                "-cp",
                folder + File.pathSeparator + JAR,
                "Complete",
                Path.of("src/main/resources/model/demo").toAbsolutePath().toString(),
                "Once upon a time");
        assertThat(text).hasSizeGreaterThan(40).matches("(?s)[\\p{L}\\s,.'\"!?;:-]+");
    }

    @Test
    void theClientReadsAStreamWithTheJarAndTheJdkAlone() throws Exception {
        run("javac", "-d", folder.toString(), "-cp", JAR.toString(), READER.toString());
        assertThat(run("java", ChildJvm.temporaryFiles(folder), "-cp", folder + File.pathSeparator + JAR, "Read"))
                .isEqualTo("{\"text\":\"Once\"}");
    }

    @Test
    void theJarHoldsTheEngineItsKernelsAndTheClientAndNothingElse() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> names = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> !name.endsWith("/"))
                    .toList();
            assertThat(names)
                    .allMatch(name -> name.matches("(dev/altiplano/(engine|client)|META-INF)/.+"))
                    .anyMatch(name -> name.startsWith("META-INF/native/") && name.endsWith("libaltiplano.so"));
            assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                    .isEqualTo("dev.altiplano.engine");
        }
        assertThat(JAR.resolveSibling("altiplano-engine-sources.jar")).exists();
        assertThat(JAR.resolveSibling("altiplano-engine-javadoc.jar")).exists();
    }

    private String run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(ChildJvm.program(program)));
        command.addAll(List.of(arguments));
        ChildJvm.Ended ended = ChildJvm.run(folder, command);
        assertThat(ended.status()).as(ended.toString()).isZero();
        return ended.out();
    }
}
