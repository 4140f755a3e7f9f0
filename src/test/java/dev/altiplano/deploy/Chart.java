package dev.altiplano.deploy;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The chart, rendered in this process by Helm itself. */
final class Chart {
    static final Path FOLDER = Path.of("helm/altiplano");
    static final String RELEASE = "llama";
    static final String NAMESPACE = "serving";

    /** The Kubernetes version that a value set is rendered for, unless its first line says {@code # kubernetes: …}. */
    private static final String KUBERNETES = "1.34.0";

    private Chart() {}

    /** A file with values, named in test reports. */
    record Values(String name, String text) {
        static List<Values> in(Path folder, String suffix) {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.toString().endsWith(suffix))
                        .sorted()
                        .map(Values::of)
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static Values of(Path file) {
            try {
                return new Values(file.getFileName().toString(), Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The remarks {@code # key: …} in it. */
        List<String> remarks(String key) {
            String start = "# " + key + ": ";
            return text.lines()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .toList();
        }

        String kubernetes() {
            List<String> said = remarks("kubernetes");
            return said.isEmpty() ? KUBERNETES : said.getFirst();
        }

        Map<String, Object> tree() {
            Map<String, Object> tree = new Yaml().load(text);
            return tree == null ? Map.of() : tree;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Renders the chart; throws Helm's refusal. */
    static String render(Values values) {
        return withFile(
                values,
                file -> new Helm(FOLDER)
                        .template()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion(values.kubernetes())
                        .withValuesFile(file)
                        .call());
    }

    static String render(String values) {
        return render(new Values("inline", values));
    }

    /** What an installation would print. */
    static String notes(Values values) {
        return withFile(
                values,
                file -> new Helm(FOLDER)
                        .install()
                        .clientOnly()
                        .dryRun()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion(values.kubernetes())
                        .withValuesFile(file)
                        .call()
                        .getOutput());
    }

    /** The objects of a rendered text. */
    static List<Map<String, Object>> objects(String rendered) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Object document : new Yaml().loadAll(rendered)) {
            if (document != null) {
                objects.add(Tree.map(document));
            }
        }
        return objects;
    }

    static Map<String, Object> only(List<Map<String, Object>> objects, String kind) {
        List<Map<String, Object>> found =
                objects.stream().filter(o -> kind.equals(o.get("kind"))).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects of kind " + kind + ", expected one");
        }
        return found.getFirst();
    }

    private static String withFile(Values values, java.util.function.Function<Path, String> action) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            try {
                Files.writeString(file, values.text());
                return action.apply(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
