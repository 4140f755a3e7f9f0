package dev.altiplano;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What holds for every file of the repository. */
class RepositoryTest {

    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Set<String> NOT_OURS = Set.of(".git", "target", ".idea", ".vscode", "node_modules");

    /** Where packages and images come from is for the one who builds to say, in the settings of their Maven, npm or Docker. */
    private static final Pattern REGISTRY_HOST = Pattern.compile(
            "repo1?[.]maven[.]|maven[.]org|central[.]sonatype|registry[.](npmjs|yarnpkg|hub|k8s)|docker[.]io|ghcr[.]io|quay[.]io"
                    + "|gcr[.]io|pypi[.]org|pythonhosted|goproxy|proxy[.]golang|crates[.]io|jitpack",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern LEFT_OUT =
            Pattern.compile("@Disabled|@Ignore\\b|[.]assume(True|False|That|ingThat)?[(]");
    private static final Pattern UNDONE = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

    /** Words that were given up for the field's own: active request, weight cache, backend check, response, max. */
    private static final Pattern OLD_WORDS = Pattern.compile(
            "\\b(LiveRequests?|PackedCopy|SelfTest|Understudy|StreamedAnswer|CollectedAnswer|CountedAnswer|computedMore)\\b"
                    + "|\\bMOST_|\\b(anew|knocks again)\\b");

    @Test
    void namesNoRegistryHost() throws IOException {
        assertThat(lines(REGISTRY_HOST, files("")))
                .as("hosts of package or image registries")
                .isEmpty();
    }

    @Test
    void leavesNoTestOut() throws IOException {
        assertThat(lines(LEFT_OUT, files("src/test")))
                .as("tests that are switched off; docs/CONTRIBUTING.md says how a test names a program that it needs")
                .isEmpty();
    }

    @Test
    void postponesNothingInTheSource() throws IOException {
        assertThat(lines(UNDONE, files("src"))).isEmpty();
    }

    @Test
    void usesTheFieldsWords() throws IOException {
        List<Path> files = files("src/main");
        files.addAll(files("docs"));
        files.addAll(files("helm"));
        assertThat(lines(OLD_WORDS, files)).isEmpty();
    }

    /** All lines in which {@code pattern} is found; files that are not text have none. */
    private static List<String> lines(Pattern pattern, List<Path> files) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            // This file must name what it looks for.
            if (file.endsWith("RepositoryTest.java")) {
                continue;
            }
            List<String> lines;
            try {
                lines = Files.readAllLines(file);
            } catch (MalformedInputException e) {
                continue;
            }
            for (int i = 0; i < lines.size(); i++) {
                if (pattern.matcher(lines.get(i)).find()) {
                    found.add(ROOT.relativize(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
                }
            }
        }
        return found;
    }

    /** Every file of ours below {@code folder} but the test data. */
    private static List<Path> files(String folder) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT.resolve(folder), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                boolean skipped = NOT_OURS.contains(String.valueOf(path.getFileName()))
                        || path.endsWith("src/test/resources/reference");
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                files.add(path);
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
