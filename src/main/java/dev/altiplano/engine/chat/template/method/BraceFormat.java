package dev.altiplano.engine.chat.template.method;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Display;
import dev.altiplano.engine.chat.template.value.Numbers;
import dev.altiplano.engine.chat.template.value.Rendering;
import java.util.List;

/** {@code str.format}: fields by position or name, without attributes, conversions and format specifications. */
final class BraceFormat {

    private BraceFormat() {}

    static Object format(Rendering rendering, Text format, Arguments arguments) {
        TextBuilder result = new TextBuilder();
        String string = format.string();
        List<Object> positional = arguments.positional();
        int automatic = 0;
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if ((c == '{' || c == '}') && i + 1 < string.length() && string.charAt(i + 1) == c) {
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
            int end = string.indexOf('}', i);
            if (end < 0) {
                throw TemplateException.of("format: a '{' without '}'; write '{{' for the character");
            }
            String field = string.substring(i + 1, end);
            Long index = field.isEmpty() ? Long.valueOf(automatic++) : Numbers.integer(field, 10);
            Object value;
            if (index != null) {
                value = index >= 0 && index < positional.size() ? positional.get(index.intValue()) : null;
            } else {
                value = arguments.named().get(field);
            }
            if (value == null) {
                throw TemplateException.of("format: there is no value for '{" + field + "}'");
            }
            Text text = Display.text(rendering, value);
            rendering.spendCharacters(text.length());
            result.append(text);
            i = end;
        }
        return result.toText();
    }
}
