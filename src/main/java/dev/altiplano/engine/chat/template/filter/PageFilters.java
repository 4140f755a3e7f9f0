package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.method.TextMethods;
import dev.altiplano.engine.chat.template.method.TextParts;
import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Numbers;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Undefined;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that Jinja has for pages rather than prompts: lines of a width, sizes for people, attributes of tags. */
final class PageFilters {

    private static final int WIDTH = 79;
    private static final Pattern NO_ATTRIBUTE = Pattern.compile("[\\s/>=]");
    private static final List<String> PREFIXES = List.of("k", "M", "G", "T", "P", "E", "Z", "Y");

    private PageFilters() {}

    static void define(Map<String, Filter> filters) {
        filters.put("wordwrap", PageFilters::wordWrap);
        filters.put("filesizeformat", PageFilters::fileSize);
        filters.put("xmlattr", PageFilters::attributes);
    }

    private static Object wordWrap(Rendering rendering, Object value, Arguments arguments) {
        @Nullable
        Object[] given = arguments.bind("wordwrap", "width", "break_long_words", "wrapstring", "break_on_hyphens");
        Text text = TextMethods.string(value, "wordwrap");
        long width = given[0] == null ? WIDTH : Operators.integer(given[0], "wordwrap's width");
        Text separator = given[2] == null || given[2] == None.NONE
                ? Text.trusted("\n")
                : TextMethods.string(given[2], "wordwrap");
        // A line has one character at least.
        rendering.spendCharacters(text.length() * (2L + separator.length()));
        if (width <= 0) {
            throw TemplateException.of("wordwrap's width must be positive");
        }
        TextBuilder result = new TextBuilder();
        List<Text> paragraphs = TextParts.lines(rendering, text, false);
        for (int i = 0; i < paragraphs.size(); i++) {
            result.append(i == 0 ? Text.EMPTY : separator)
                    .append(WordWrap.wrap(
                            paragraphs.get(i),
                            (int) Math.min(width, Integer.MAX_VALUE / 2),
                            given[1] == null || Operators.isTrue(given[1]),
                            given[3] == null || Operators.isTrue(given[3]),
                            separator));
        }
        return result.toText();
    }

    private static Object fileSize(Rendering rendering, Object value, Arguments arguments) {
        Object given = arguments.bind("filesizeformat", "binary")[0];
        boolean binary = given != null && Operators.isTrue(given);
        Double parsed = Operators.isNumber(value)
                ? Double.valueOf(Operators.real(value))
                : value instanceof Text text ? Numbers.real(text.string()) : null;
        if (parsed == null || !Double.isFinite(parsed)) {
            throw TemplateException.of("filesizeformat takes a number, not a " + Operators.typeName(value));
        }
        double bytes = parsed;
        long base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return Text.trusted("1 Byte");
        }
        if (bytes < base) {
            return Text.trusted(new BigDecimal(bytes).toBigInteger() + " Bytes");
        }
        BigDecimal unit = BigDecimal.valueOf(base);
        int prefix = -1;
        do {
            prefix++;
            unit = unit.multiply(BigDecimal.valueOf(base));
        } while (new BigDecimal(bytes).compareTo(unit) >= 0 && prefix < PREFIXES.size() - 1);
        String number = new BigDecimal(base * bytes / unit.doubleValue())
                .setScale(1, RoundingMode.HALF_EVEN)
                .toPlainString();
        String name = PREFIXES.get(prefix);
        return Text.trusted(number + " " + (binary ? name.toUpperCase(Locale.ROOT) + "i" : name) + "B");
    }

    private static Object attributes(Rendering rendering, Object value, Arguments arguments) {
        Object given = arguments.bind("xmlattr", "autospace")[0];
        boolean spaced = given == null || Operators.isTrue(given);
        if (!(value instanceof Dict dict)) {
            throw TemplateException.of("xmlattr takes a dict, not a " + Operators.typeName(value));
        }
        TextBuilder result = new TextBuilder();
        for (Map.Entry<Object, Object> entry : dict.entries().entrySet()) {
            if (entry.getValue() == None.NONE || entry.getValue() instanceof Undefined) {
                continue;
            }
            Text name = TextMethods.string(entry.getKey(), "xmlattr");
            Text text = Display.text(rendering, entry.getValue());
            rendering.spendCharacters(name.length() + text.length());
            if (NO_ATTRIBUTE.matcher(name.string()).find()) {
                throw TemplateException.of("xmlattr: '" + name + "' is no name of an attribute");
            }
            result.append(spaced || result.length() > 0 ? " " : "", true)
                    .append(TextFilters.escape(rendering, name))
                    .append("=\"", true)
                    .append(TextFilters.escape(rendering, text))
                    .append('"', true);
        }
        return result.toText();
    }
}
