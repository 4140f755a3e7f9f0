package dev.altiplano.engine.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random schemas of the kind that people publish: nested objects with strings, numbers, enumerations, formats and references. */
public final class RandomSchemas {

    private static final String[] NAMES = {
        "id", "name", "type", "value", "description", "created_at", "items", "tags", "status", "email", "url", "count",
                "price", "ü",
        "address", "city", "nested \\\"key\\\"", "kind", "data", "meta", "user", "enabled", "x", "y", "z", "score",
                "language", "title"
    };

    private static final String[] FORMATS = {
        "date",
        "date-time",
        "time",
        "uuid",
        "uri",
        "ipv4",
        "ipv6",
        "hostname",
        "duration",
        "uri-reference",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex"
    };

    private static final String[] PATTERNS = {
        "^[a-z]+$",
        "^[A-Z]{2,3}$",
        "^\\\\d{3}-\\\\d{4}$",
        "^(foo|bar)[0-9]*$",
        "^[a-zA-Z0-9_-]{1,20}$",
        "[0-9]",
        "^\\\\S{2,}$",
        "^.{0,8}$"
    };

    private final Random random;
    private final boolean definitions;
    private int nodes;

    public RandomSchemas(long seed) {
        random = new Random(seed);
        definitions = random.nextInt(3) == 0;
    }

    /** A schema of about {@code size} nodes. */
    public String schema(int size) {
        nodes = size;
        String root = object(0);
        if (!definitions) {
            return root;
        }
        return root.substring(0, root.length() - 1)
                + ",\"$defs\":{\"leaf\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},"
                + "\"next\":{\"anyOf\":[{\"$ref\":\"#/$defs/leaf\"},{\"type\":\"null\"}]}},\"required\":[\"v\",\"next\"],"
                + "\"additionalProperties\":false},\"tag\":{\"enum\":[\"a\",\"b\",\"c\"]}}}";
    }

    private String object(int depth) {
        List<String> names = new ArrayList<>(List.of(NAMES));
        int count = 1 + random.nextInt(6);
        StringBuilder properties = new StringBuilder();
        StringBuilder required = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String name = names.remove(random.nextInt(names.size()));
            properties
                    .append(i == 0 ? "" : ",")
                    .append('"')
                    .append(name)
                    .append("\":")
                    .append(value(depth + 1));
            if (random.nextInt(3) > 0) {
                required.append(required.isEmpty() ? "" : ",")
                        .append('"')
                        .append(name)
                        .append('"');
            }
        }
        String additional = switch (random.nextInt(12)) {
            case 0 -> ",\"additionalProperties\":true";
            case 1 -> ",\"additionalProperties\":{\"type\":\"integer\"}";
            case 2 -> ",\"additionalProperties\":false,\"minProperties\":1";
            case 3 -> ",\"additionalProperties\":false,\"patternProperties\":{\"^x-\":{\"type\":\"string\"}}";
            default -> ",\"additionalProperties\":false";
        };
        return "{\"type\":\"object\",\"title\":\"T\",\"properties\":{" + properties + "},\"required\":[" + required
                + "]" + additional + "}";
    }

    private String value(int depth) {
        nodes--;
        int kind = depth > 5 || nodes <= 0 ? random.nextInt(9) : random.nextInt(14);
        return switch (kind) {
            case 0, 1 -> "{\"type\":\"string\"}";
            case 2 -> "{\"type\":\"integer\"" + integers() + "}";
            case 3 -> "{\"type\":\"number\"" + numbers() + "}";
            case 4 -> "{\"type\":\"boolean\",\"description\":\"yes or no\"}";
            case 5 -> string();
            case 6 -> "{\"type\":[\"string\",\"null\"]}";
            case 7 -> random.nextBoolean() ? "{\"enum\":[\"red\",\"green\",3,null]}" : "{\"const\":\"fixed\"}";
            case 8 ->
                definitions
                        ? random.nextBoolean() ? "{\"$ref\":\"#/$defs/leaf\"}" : "{\"$ref\":\"#/$defs/tag\"}"
                        : "{\"type\":\"null\"}";
            case 9, 10 -> object(depth);
            case 11 -> "{\"type\":\"array\",\"items\":" + value(depth + 1) + counts() + "}";
            case 12 -> "{\"anyOf\":[" + value(depth + 1) + "," + value(depth + 1) + "]}";
            default ->
                random.nextBoolean()
                        ? "{\"type\":\"array\",\"prefixItems\":[" + value(depth + 1) + "," + value(depth + 1)
                                + "],\"items\":false,\"minItems\":1}"
                        : "{\"allOf\":[" + object(depth) + "]}";
        };
    }

    private String string() {
        return switch (random.nextInt(5)) {
            case 0 -> "{\"type\":\"string\",\"format\":\"" + FORMATS[random.nextInt(FORMATS.length)] + "\"}";
            case 1 -> "{\"type\":\"string\",\"pattern\":\"" + PATTERNS[random.nextInt(PATTERNS.length)] + "\"}";
            default -> {
                int min = random.nextInt(4);
                yield "{\"type\":\"string\",\"minLength\":" + min + ",\"maxLength\":" + (min + random.nextInt(100))
                        + "}";
            }
        };
    }

    private String integers() {
        int low = random.nextInt(2000) - 1000;
        return switch (random.nextInt(5)) {
            case 0 -> ",\"minimum\":" + low;
            case 1 -> ",\"minimum\":" + low + ",\"maximum\":" + (low + random.nextInt(2000));
            case 2 -> ",\"exclusiveMaximum\":" + low;
            case 3 -> ",\"multipleOf\":" + (1 + random.nextInt(30));
            default -> "";
        };
    }

    private String numbers() {
        double low = (random.nextInt(20000) - 10000) / 100.0;
        return switch (random.nextInt(5)) {
            case 0 -> ",\"minimum\":" + low;
            case 1 -> ",\"minimum\":" + low + ",\"maximum\":" + (low + random.nextInt(50));
            case 2 -> ",\"exclusiveMinimum\":" + low + ",\"exclusiveMaximum\":" + (low + 1);
            case 3 -> ",\"multipleOf\":0.25";
            default -> "";
        };
    }

    private String counts() {
        int min = random.nextInt(3);
        return random.nextBoolean() ? "" : ",\"minItems\":" + min + ",\"maxItems\":" + (min + random.nextInt(4));
    }
}
