package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.FormatSpec;
import dev.altiplano.engine.chat.template.value.Numbers;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code str.format}: fields by position or name, with attributes, items, conversions and format specifications. */
final class BraceFormat {

    private static final Pattern FIELD =
            Pattern.compile("([^.\\[!:]*)((?:[.][^.\\[!:]+|\\[[^\\]]+\\])*+)(?:!([rsa]))?(?::(.*))?", Pattern.DOTALL);
    private static final Pattern STEP = Pattern.compile("[.]([^.\\[]+)|\\[([^\\]]+)\\]");

    private final Rendering rendering;
    private final Arguments arguments;
    private int automatic;
    private boolean counts;
    private boolean numbers;

    private BraceFormat(Rendering rendering, Arguments arguments) {
        this.rendering = rendering;
        this.arguments = arguments;
    }

    static Object format(Rendering rendering, Text format, Arguments arguments) {
        return new BraceFormat(rendering, arguments).format(format, true);
    }

    /** {@code str.format_map}: with the names of a dict. */
    static Object formatMap(Rendering rendering, Text format, Arguments arguments) {
        if (!(arguments.first("format_map") instanceof Dict dict)) {
            throw TemplateException.of("format_map needs a dict");
        }
        Map<String, Object> named = new HashMap<>();
        dict.entries().forEach((name, value) -> named.put(name.toString(), value));
        return format(rendering, format, new Arguments(List.of(), named));
    }

    private Text format(Text format, boolean outer) {
        TextBuilder result = new TextBuilder();
        String string = format.string();
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (outer && (c == '{' || c == '}') && i + 1 < string.length() && string.charAt(i + 1) == c) {
                result.append(format.substring(i, i + 1));
                i++;
                continue;
            }
            if (c == '}') {
                throw TemplateException.of("format: a '}' without '{'; write '}}' for the character");
            }
            if (c != '{') {
                result.append(format.substring(i, i + 1));
                continue;
            }
            int end = fieldEnd(string, i, outer);
            result.append(field(format.substring(i + 1, end), outer));
            i = end;
        }
        return result.toText();
    }

    /** The brace that ends the field begun at {@code begin}; a specification may hold fields of its own. */
    private static int fieldEnd(String string, int begin, boolean outer) {
        int open = 1;
        for (int i = begin + 1; i < string.length(); i++) {
            open += string.charAt(i) == '{' ? 1 : string.charAt(i) == '}' ? -1 : 0;
            if (open == 0) {
                return i;
            }
            if (open > (outer ? 2 : 1)) {
                throw TemplateException.of("format: fields nested too deeply");
            }
        }
        throw TemplateException.of("format: a '{' without '}'; write '{{' for the character");
    }

    private Text field(Text field, boolean outer) {
        Matcher parts = FIELD.matcher(field.string());
        if (!parts.matches()) {
            throw TemplateException.of("format: '{" + field + "}' is no field");
        }
        Object value = value(parts.group(1), field);
        Matcher step = STEP.matcher(parts.group(2));
        while (step.find()) {
            if (step.group().contains("__")) {
                throw TemplateException.of("format: '{" + field + "}' is not allowed in a template");
            }
            if (step.group(1) != null) {
                value = Lookup.attribute(value, step.group(1), Text.trusted(step.group(1)));
            } else {
                Long index = index(step.group(2));
                value = Lookup.item(value, index == null ? Text.trusted(step.group(2)) : index);
            }
        }
        Text spec = parts.start(4) < 0 ? Text.EMPTY : field.substring(parts.start(4), field.length());
        if (outer && spec.string().indexOf('{') >= 0) {
            spec = format(spec, false);
        }
        Object shown = switch (parts.group(3)) {
            case null -> value;
            case "s" -> Display.text(rendering, value);
            default -> Display.representation(rendering, value);
        };
        Text text = FormatSpec.format(rendering, shown, spec);
        rendering.spendCharacters(text.length());
        return text;
    }

    private Object value(String name, Text field) {
        Long index = name.isEmpty() ? Long.valueOf(automatic++) : index(name);
        if (index != null) {
            counts |= name.isEmpty();
            numbers |= !name.isEmpty();
        }
        if (counts && numbers) {
            throw TemplateException.of("format: '{}' and '{0}' cannot stand in one string; number all fields or none");
        }
        Object value = index == null
                ? arguments.named().get(name)
                : index < arguments.positional().size() ? arguments.positional().get(index.intValue()) : null;
        if (value == null) {
            throw TemplateException.of("format: there is no value for '{" + field + "}'");
        }
        return value;
    }

    private static @Nullable Long index(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9') ? Numbers.integer(name, 10) : null;
    }
}
