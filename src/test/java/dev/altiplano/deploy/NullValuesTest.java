package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** A value that is taken away with null is left out of the objects, or refused by its name: it never becomes 0 or nothing. */
class NullValuesTest {

    private static final String EVERYTHING = "ci/27-everything-values.yaml";

    @Test
    void noValueThatIsTakenAwayBecomesZero(@TempDir Path folder) throws Exception {
        Chart.Values everything = Chart.Values.of(Chart.FOLDER.resolve(EVERYTHING));
        Map<String, Object> defaults =
                Chart.Values.of(Chart.FOLDER.resolve("values.yaml")).tree();
        List<String> zeros = zeros(Chart.render(everything));
        List<String> paths = new ArrayList<>();
        Tree.leaves(defaults, "", (path, value) -> {
            if (value != null && !path.contains("/annotations/") && !path.contains("abels/")) {
                paths.add(path);
            }
        });
        Map<String, String> wrong = new ConcurrentSkipListMap<>();
        paths.parallelStream().forEach(path -> {
            String[] names = path.substring(1).split("/");
            String problem = without(everything, names, folder.resolve(String.join(".", names) + ".yaml"), zeros);
            if (!problem.isEmpty()) {
                wrong.put(path, problem);
            }
        });
        assertThat(wrong).isEmpty();
    }

    private static String without(Chart.Values base, String[] path, Path file, List<String> zeros) {
        Map<String, Object> values = new TreeMap<>(base.tree());
        Map<String, Object> here = values;
        for (int i = 0; i < path.length - 1; i++) {
            Object next = here.get(path[i]);
            Map<String, Object> copy = next == null ? new TreeMap<>() : new TreeMap<>(Tree.map(next));
            here.put(path[i], copy);
            here = copy;
        }
        here.put(path[path.length - 1], null);
        try {
            Files.writeString(file, new Yaml().dump(values));
            String rendered = new Helm(Chart.FOLDER)
                    .template()
                    .withName(Chart.RELEASE)
                    .withNamespace(Chart.NAMESPACE)
                    .withKubeVersion("1.34.0")
                    .withValuesFile(file)
                    .call();
            return problems(rendered, zeros);
        } catch (IllegalStateException refusal) {
            return refusal.getMessage().contains(String.join(".", path)) ? "" : refusal.getMessage();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines that end in 0 or in what a template makes of nothing. */
    private static List<String> zeros(String rendered) {
        return rendered.lines()
                .filter(line -> line.matches(".*(: \"?0\"?|<nil>|%!.*|image: :.*|@)$"))
                .map(String::strip)
                .toList();
    }

    private static String problems(String rendered, List<String> known) {
        List<String> zeros = new ArrayList<>(zeros(rendered));
        zeros.removeAll(known);
        if (!zeros.isEmpty()) {
            return zeros.toString();
        }
        for (Map<String, Object> object : Chart.objects(rendered)) {
            List<String> problems = KubernetesTypes.problems(object);
            if (!problems.isEmpty()) {
                return problems.toString();
            }
        }
        return "";
    }
}
