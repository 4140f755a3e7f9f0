package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    static Map<String, Object> read(Path file) {
        return read(file, new ArrayList<>());
    }

    private static Map<String, Object> read(Path file, List<Path> opened) {
        Path place = file.toAbsolutePath().normalize();
        if (opened.contains(place) || opened.size() >= MAX_INCLUDES) {
            throw new EvaluationException(file + ": includes itself, or more than " + MAX_INCLUDES + " deep");
        }
        opened.add(place);
        Map<String, Object> own = parse(file);
        Object include = own.remove("include");
        Map<String, Object> all = new LinkedHashMap<>();
        for (Object name : include == null ? List.of() : include instanceof List<?> list ? list : List.of(include)) {
            if (!(name instanceof String text)) {
                throw new EvaluationException(file + ": include: must name a file, not " + name);
            }
            Path included = place.resolveSibling(text);
            if (!Files.isRegularFile(included)) {
                throw new EvaluationException(file + ": include: there is no file " + included);
            }
            all.putAll(read(included, opened));
        }
        all.putAll(own);
        opened.removeLast();
        return all;
    }

    private static Map<String, Object> parse(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        Object value;
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            value = new Yaml(new Constructor(options)).load(reader);
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
        return result;
    }
}
