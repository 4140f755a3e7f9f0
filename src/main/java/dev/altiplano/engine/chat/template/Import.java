package dev.altiplano.engine.chat.template;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.Trusted;
import dev.altiplano.engine.chat.template.value.Values.Dict;
import dev.altiplano.engine.chat.template.value.Values.Items;
import dev.altiplano.engine.chat.template.value.Values.None;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns values of plain Java into those of the template language, and counts them. */
final class Import {

    private static final int MAX_NESTING = 100;

    private long count;
    private long characters;

    long count() {
        return count;
    }

    long characters() {
        return characters;
    }

    Object value(@Nullable Object value, int nesting) {
        count++;
        if (nesting > MAX_NESTING) {
            throw TemplateException.of("a value is nested deeper than " + MAX_NESTING);
        }
        return switch (value) {
            case null -> None.NONE;
            case String string -> {
                characters += string.length();
                yield Text.untrusted(string);
            }
            case Trusted trusted -> {
                characters += trusted.text().length();
                yield Text.trusted(trusted.text());
            }
            case Boolean b -> b;
            case Number number -> number(number);
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                for (Object item : list) {
                    items.add(value(item, nesting + 1));
                }
                yield Items.list(items);
            }
            case Map<?, ?> map -> {
                Dict dict = new Dict();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    String key = String.valueOf(entry.getKey());
                    characters += key.length();
                    dict.entries().put(Text.untrusted(key), value(entry.getValue(), nesting + 1));
                }
                yield dict;
            }
            default ->
                throw new IllegalArgumentException(
                        "a template takes no " + value.getClass().getName());
        };
    }

    private static Object number(Number number) {
        return switch (number) {
            case Double real -> real;
            case Float real -> real.doubleValue();
            case BigDecimal real -> real.doubleValue();
            case BigInteger big -> big.bitLength() < Long.SIZE ? (Object) big.longValue() : big;
            default -> number.longValue();
        };
    }
}
