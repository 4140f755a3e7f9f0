package dev.altiplano.engine.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers, booleans and null as JSON without blanks. */
public final class JsonText {

    private final StringBuilder out = new StringBuilder();

    private JsonText() {}

    /** The text of a value; throws {@link IllegalArgumentException} for one that JSON does not have. */
    public static String of(@Nullable Object value) {
        JsonText text = new JsonText();
        text.value(value);
        return text.out.toString();
    }

    private void value(@Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case String text -> string(text);
            case Boolean flag -> out.append(flag);
            case Double number
            when !Double.isFinite(number) -> throw new IllegalArgumentException("JSON has no number " + number);
            case Number number -> out.append(number);
            case List<?> list -> {
                String separator = "[";
                for (Object item : list) {
                    out.append(separator);
                    value(item);
                    separator = ",";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(separator);
                    string(String.valueOf(entry.getKey()));
                    out.append(':');
                    value(entry.getValue());
                    separator = ",";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            default -> throw new IllegalArgumentException("JSON has no " + value.getClass());
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
