package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.regex.Conditions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schemas without the keywords and patterns that no grammar can follow. Without {@code not}, the branches of a {@code oneOf} may no
 * longer exclude each other, so it becomes an {@code anyOf}. All values of a schema are values of what is left of it, so this is for
 * schemas that are a wish.
 */
public final class FollowedKeywords {

    /** Their fields are names that stand for schemas. */
    private static final Set<String> NAMES = Set.of("properties", "patternProperties", "$defs", "definitions");
    /** What stands there is no schema. */
    private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples");

    private FollowedKeywords() {}

    /** The rest of a schema of maps, lists, strings, numbers and booleans. */
    public static @Nullable Object of(@Nullable Object schema) {
        return switch (schema) {
            case Map<?, ?> keywords -> {
                Map<String, @Nullable Object> followed = new LinkedHashMap<>();
                keywords.forEach((key, value) -> {
                    String keyword = String.valueOf(key);
                    if ("oneOf".equals(keyword)) {
                        if (!keywords.containsKey("anyOf")) {
                            followed.put("anyOf", of(value));
                        }
                    } else if (Keywords.isFollowed(keyword) && !("pattern".equals(keyword) && !isRead(value))) {
                        followed.put(keyword, of(keyword, value));
                    }
                });
                yield followed;
            }
            case List<?> schemas -> {
                List<@Nullable Object> followed = new ArrayList<>();
                schemas.forEach(each -> followed.add(of(each)));
                yield followed;
            }
            case null, default -> schema;
        };
    }

    private static boolean isRead(@Nullable Object pattern) {
        try {
            return !(pattern instanceof String text)
                    || !Conditions.of(text, new Budget(GrammarLimits.DEFAULT))
                            .required()
                            .isEmpty();
        } catch (GrammarException e) {
            return false;
        }
    }

    private static @Nullable Object of(String keyword, @Nullable Object value) {
        if (VALUES.contains(keyword)) {
            return value;
        }
        if (NAMES.contains(keyword) && value instanceof Map<?, ?> schemas) {
            Map<String, @Nullable Object> followed = new LinkedHashMap<>();
            schemas.forEach((name, schema) -> followed.put(String.valueOf(name), of(schema)));
            return followed;
        }
        return of(value);
    }
}
