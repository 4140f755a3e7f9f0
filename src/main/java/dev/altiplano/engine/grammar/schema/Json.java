package dev.altiplano.engine.grammar.schema;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value. Objects keep the order of their keys; equal numbers are equal however they were written. */
sealed interface Json {

    Json NULL = new Literal("null");
    Json TRUE = new Literal("true");
    Json FALSE = new Literal("false");
    Obj NOTHING = new Obj(Map.of());

    /** null, true or false. */
    record Literal(String text) implements Json {}

    record Str(String value) implements Json {}

    record Num(BigDecimal value) implements Json {
        public Num {
            value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        }
    }

    record Arr(List<Json> values) implements Json {
        public Arr {
            values = List.copyOf(values);
        }
    }

    record Obj(Map<String, Json> values) implements Json {
        public Obj {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }

        @Nullable
        Json get(String key) {
            return values.get(key);
        }

        Obj with(String key, Json value) {
            Map<String, Json> changed = new LinkedHashMap<>(values);
            changed.put(key, value);
            return new Obj(changed);
        }

        Obj without(String... keys) {
            Map<String, Json> changed = new LinkedHashMap<>(values);
            for (String key : keys) {
                changed.remove(key);
            }
            return new Obj(changed);
        }
    }

    /** Writes the value without white space, in the one way that grammars use. */
    default String write() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        switch (this) {
            case Literal(String text) -> out.append(text);
            case Str(String value) -> quote(value, out);
            case Num(BigDecimal value) ->
                out.append(Math.abs((long) value.scale()) < 40 ? value.toPlainString() : value.toString());
            case Arr(List<Json> values) -> {
                out.append('[');
                String separator = "";
                for (Json value : values) {
                    out.append(separator);
                    value.write(out);
                    separator = ",";
                }
                out.append(']');
            }
            case Obj(Map<String, Json> values) -> {
                out.append('{');
                String separator = "";
                for (var entry : values.entrySet()) {
                    out.append(separator);
                    quote(entry.getKey(), out);
                    out.append(':');
                    entry.getValue().write(out);
                    separator = ",";
                }
                out.append('}');
            }
        }
    }

    private static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
