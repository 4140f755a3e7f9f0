package dev.altiplano.deploy;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
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
        return withFile(values, file -> template(FOLDER, values, file));
    }

    private static String template(Path chart, Values values, Path file) {
        return new Helm(chart)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(values.kubernetes())
                .withValuesFile(file)
                .call();
    }

    /** The chart's test pods. */
    static List<Map<String, Object>> testPods(Values values) {
        return hooks(values).stream()
                .filter(object -> "Pod".equals(object.get("kind")))
                .toList();
    }

    /** Pods and Jobs of the chart that Helm keeps apart as hooks. */
    static List<Map<String, Object>> hooks(Values values) {
        try {
            Path copy = Files.createTempDirectory("chart");
            try (Stream<Path> files = Files.walk(FOLDER)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path to = copy.resolve(FOLDER.relativize(file));
                    Files.createDirectories(to.getParent());
                    Files.writeString(to, Files.readString(file).replaceAll("(?m)^ +helm\\.sh/hook: .*\n", ""));
                }
                return objects(withFile(values, file -> template(copy, values, file))).stream()
                        .filter(object -> Set.of("Pod", "Job").contains(object.get("kind")))
                        .toList();
            } finally {
                FileSystemUtils.deleteRecursively(copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The objects of each model of a release: its own, and those that belong to all. */
    static List<List<Map<String, Object>>> byModel(List<Map<String, Object>> objects) {
        Map<String, List<Map<String, Object>>> models = new TreeMap<>();
        for (Map<String, Object> object : objects) {
            if ("Deployment".equals(object.get("kind"))) {
                models.put(model(object), new ArrayList<>());
            }
        }
        models.forEach((model, own) -> objects.stream()
                .filter(object -> model(object).isEmpty() || model(object).equals(model))
                .forEach(own::add));
        return List.copyOf(models.values());
    }

    private static String model(Map<String, Object> object) {
        return Tree.at(object, "metadata.labels") instanceof Map<?, ?> labels
                        && labels.get("altiplano.dev/model") instanceof String model
                ? model
                : "";
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
