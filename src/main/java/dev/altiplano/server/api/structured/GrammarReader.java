package dev.altiplano.server.api.structured;

import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.engine.grammar.schema.Whitespace;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.StringList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says in the engine's words what a text must follow. What stands in a schema, an expression or a grammar is the engine's to check. */
public final class GrammarReader {

    private static final String FORMAT = "response_format";
    private static final String OUTPUTS = "structured_outputs";

    private GrammarReader() {}

    /**
     * What {@code fields} ask for; null where they ask for nothing.
     *
     * @throws ApiException where they ask for several things, or for something that there is not
     */
    public static @Nullable AskedGrammar read(StructuredFields fields) {
        Map<String, GrammarSource> asked = new LinkedHashMap<>();
        put(asked, FORMAT, format(fields.responseFormat()));
        outputs(asked, fields.structuredOutputs());
        put(asked, "guided_json", schema(fields.guidedJson(), Whitespace.FLEXIBLE));
        put(asked, "guided_regex", regex(fields.guidedRegex()));
        put(asked, "guided_choice", choice("guided_choice", fields.guidedChoice()));
        put(asked, "guided_grammar", gbnf(fields.guidedGrammar()));
        if (asked.size() > 1) {
            Iterator<String> names = asked.keySet().iterator();
            String first = names.next();
            String second = names.next();
            throw ApiException.invalid(second, first + " and " + second + " exclude each other: a text follows one");
        }
        if (asked.isEmpty()) {
            return null;
        }
        Map.Entry<String, GrammarSource> one = asked.entrySet().iterator().next();
        return new AskedGrammar(
                one.getValue(), GrammarField.named(one.getKey()), one.getKey().equals(FORMAT));
    }

    private static void put(Map<String, GrammarSource> asked, String field, @Nullable GrammarSource source) {
        if (source != null) {
            asked.put(field, source);
        }
    }

    private static @Nullable GrammarSource format(@Nullable ResponseFormat format) {
        if (format == null) {
            return null;
        }
        return switch (format.type()) {
            case null -> throw missing(FORMAT + ".type");
            case "text" -> {
                requireNone("schema", format.schema(), "json_object or json_schema");
                requireNone("json_schema", format.jsonSchema(), "json_schema");
                yield null;
            }
            case "json_object" -> {
                requireNone("json_schema", format.jsonSchema(), "json_schema");
                yield format.schema() == null
                        ? new GrammarSource.JsonObject(Whitespace.FLEXIBLE)
                        : schema(format.schema(), Whitespace.FLEXIBLE);
            }
            case "json_schema" -> {
                ResponseFormat.NamedSchema named = format.jsonSchema();
                if (named == null && format.schema() != null) {
                    yield schema(format.schema(), Whitespace.FLEXIBLE);
                }
                if (named == null) {
                    throw missing(FORMAT + ".json_schema");
                }
                if (format.schema() != null) {
                    throw ApiException.invalid(
                            FORMAT + ".schema", FORMAT + ".schema and " + FORMAT + ".json_schema exclude each other");
                }
                GrammarSource schema = schema(named.schema(), Whitespace.FLEXIBLE);
                if (schema == null) {
                    throw missing(FORMAT + ".json_schema.schema");
                }
                yield schema;
            }
            default ->
                throw ApiException.invalid(
                        FORMAT + ".type",
                        FORMAT + ".type must be text, json_object or json_schema, not '" + format.type() + "'");
        };
    }

    /** Refuses a schema beside a type that does not follow it. */
    private static void requireNone(String field, @Nullable Object schema, String type) {
        if (schema != null) {
            String path = FORMAT + "." + field;
            throw ApiException.invalid(path, path + " is only allowed with the type " + type);
        }
    }

    private static void outputs(Map<String, GrammarSource> asked, @Nullable StructuredOutputs outputs) {
        if (outputs == null) {
            return;
        }
        Whitespace whitespace =
                Boolean.TRUE.equals(outputs.disableAnyWhitespace()) ? Whitespace.COMPACT : Whitespace.FLEXIBLE;
        int before = asked.size();
        put(asked, OUTPUTS + ".json", schema(outputs.json(), whitespace));
        put(asked, OUTPUTS + ".regex", regex(outputs.regex()));
        put(asked, OUTPUTS + ".choice", choice(OUTPUTS + ".choice", outputs.choice()));
        put(asked, OUTPUTS + ".grammar", gbnf(outputs.grammar()));
        if (Boolean.TRUE.equals(outputs.jsonObject())) {
            put(asked, OUTPUTS + ".json_object", new GrammarSource.JsonObject(whitespace));
        }
        if (asked.size() == before) {
            throw ApiException.invalid(
                    OUTPUTS,
                    "missing_parameter",
                    OUTPUTS + " needs one of json, regex, choice, grammar and json_object");
        }
    }

    /** vLLM's clients send a schema as its text too; an empty one asks for nothing, as do empty patterns and grammars. */
    private static @Nullable GrammarSource schema(@Nullable JsonValue schema, Whitespace whitespace) {
        if (schema == null || schema.value().equals("")) {
            return null;
        }
        return new GrammarSource.JsonSchema(schema.value() instanceof String text ? text : schema.text(), whitespace);
    }

    private static @Nullable GrammarSource regex(@Nullable String pattern) {
        return pattern == null || pattern.isEmpty() ? null : new GrammarSource.Regex(pattern);
    }

    private static @Nullable GrammarSource gbnf(@Nullable String grammar) {
        return grammar == null || grammar.isEmpty() ? null : new GrammarSource.Gbnf(grammar);
    }

    private static @Nullable GrammarSource choice(String field, @Nullable StringList texts) {
        if (texts == null) {
            return null;
        }
        if (texts.strings().isEmpty()) {
            throw ApiException.invalid(field, field + " must be an array of at least one string");
        }
        return new GrammarSource.Choice(texts.strings());
    }

    private static ApiException missing(String field) {
        return ApiException.invalid(field, "missing_parameter", field + " is required");
    }
}
