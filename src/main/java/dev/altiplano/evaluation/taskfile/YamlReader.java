package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.EvaluationException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads a task file with what it includes. Only plain values come out, and {@link FunctionReference}s. */
final class YamlReader {

    private static final int MAX_CHARACTERS = 4 << 20;
    private static final int MAX_INCLUDES = 16;
    private static final int MAX_DEPTH = 50;
    private static final int MAX_ALIASES = 50;

    private YamlReader() {}

    private static final class Constructor extends SafeConstructor {
        Constructor(LoaderOptions options) {
            super(options);
            yamlConstructors.put(new Tag("!function"), new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    String name = node instanceof ScalarNode scalar ? scalar.getValue() : "?";
                    return new FunctionReference(name, node.getStartMark().getLine() + 1);
                }
            });
        }
    }

    /** The mapping in {@code file}, over those of the files that it includes. */
    static TaskFile read(Path file) {
        return read(file, new ArrayList<>());
    }

    private static TaskFile read(Path file, List<Path> opened) {
        Path place = file.toAbsolutePath().normalize();
        if (opened.contains(place) || opened.size() >= MAX_INCLUDES) {
            throw new EvaluationException(file + ": includes itself, or more than " + MAX_INCLUDES + " deep");
        }
        opened.add(place);
        TaskFile own = parse(file);
        Object include = own.values().get("include");
        TaskFile all = own.empty();
        for (Object name : include == null ? List.of() : include instanceof List<?> list ? list : List.of(include)) {
            Settings settings = own.settings("task");
            if (!(name instanceof String text)) {
                throw settings.wrong("include", "must name a file, not " + name);
            }
            Path included = place.resolveSibling(text);
            if (!Files.isRegularFile(included)) {
                throw settings.wrong("include", "there is no file " + included);
            }
            all = all.with(read(included, opened));
        }
        opened.removeLast();
        return all.with(own.without(Set.of("include")));
    }

    private static TaskFile parse(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        Yaml yaml = new Yaml(new Constructor(options));
        Object value;
        Map<String, String> lines = new HashMap<>();
        try {
            if (Files.size(file) > 4L * MAX_CHARACTERS) {
                throw new EvaluationException(file + ": is longer than " + MAX_CHARACTERS + " characters");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            value = yaml.load(text);
            if (value instanceof Map<?, ?>) {
                new LineFinder(file.toString(), lines).visit(yaml.compose(new StringReader(text)));
            }
        } catch (IOException e) {
            throw new EvaluationException(file + ": cannot be read: " + e.getMessage(), e);
        } catch (MarkedYAMLException e) {
            String line = e.getProblemMark() == null
                    ? ""
                    : ", line " + (e.getProblemMark().getLine() + 1);
            throw new EvaluationException(file + line + ": is not valid YAML: " + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new EvaluationException(file + ": is not valid YAML: " + e.getMessage(), e);
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new EvaluationException(file + ": must be a mapping of a task's or group's settings");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((key, entry) -> result.put(String.valueOf(key), entry));
        return new TaskFile(file, result, new Lines(lines));
    }
}
