package dev.altiplano.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** Grafana's dashboard, and what queries in general speak of. */
final class Dashboard {
    static final Path FILE = Chart.FOLDER.resolve("files/altiplano-dashboard.json");

    /** A metric's name: a word of two parts at least, not a label's value. */
    private static final Pattern METRIC = Pattern.compile("\\b((?:altiplano|jvm|process|system)_[a-z0-9_]+)\\b");

    private Dashboard() {}

    static Map<String, Object> tree() {
        try {
            return Tree.map(JsonMapper.shared().readValue(Files.readString(FILE), Map.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every query, with the dashboard's variables filled in. */
    static List<String> queries() {
        List<String> queries = new ArrayList<>();
        for (Map<String, Object> panel : Tree.maps(tree(), "panels")) {
            for (Map<String, Object> target : Tree.maps(panel, "targets")) {
                queries.add(Tree.text(target, "expr")
                        .replace("$__rate_interval", "10s")
                        .replace("$namespace", ".*")
                        .replace("$job", ".*")
                        .replace("$instance", ".*"));
            }
        }
        return queries;
    }

    /** The metrics that a query names. */
    static Set<String> metrics(String query) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = METRIC.matcher(query);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
