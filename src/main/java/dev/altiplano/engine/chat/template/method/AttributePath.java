package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.value.Numbers;
import dev.altiplano.engine.chat.template.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path such as {@code function.name} or {@code 0.id} in the arguments of filters. */
public record AttributePath(List<Object> parts) {

    public static AttributePath of(Object path) {
        if (!(path instanceof Text text)) {
            return new AttributePath(List.of(path));
        }
        List<Object> parts = new ArrayList<>();
        for (String part : text.string().split("[.]", -1)) {
            Long index =
                    part.isEmpty() || !part.chars().allMatch(Character::isDigit) ? null : Numbers.integer(part, 10);
            parts.add(index == null ? Text.of(part, text.isTrusted()) : index);
        }
        return new AttributePath(List.copyOf(parts));
    }

    /** What the path leads to from {@code value}; {@code absent} for what is not there, if it is not null. */
    public Object of(Object value, @Nullable Object absent) {
        Object found = value;
        for (Object part : parts) {
            found = Lookup.item(found, part);
            if (absent != null && found instanceof Undefined) {
                found = absent;
            }
        }
        return found;
    }
}
