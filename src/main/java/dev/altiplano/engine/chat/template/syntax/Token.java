package dev.altiplano.engine.chat.template.syntax;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.value.Numbers;

/** One token of a template and where it begins (line and column from 1). {@code text} is what it holds: a name, a sign, a string's characters. */
record Token(Kind kind, String text, int line, int column) {

    enum Kind {
        DATA("text"),
        OUTPUT_BEGIN("'{{'"),
        OUTPUT_END("'}}'"),
        TAG_BEGIN("'{%'"),
        TAG_END("'%}'"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("an integer"),
        REAL("a number"),
        SIGN("a sign"),
        END("the end of the template");

        final String description;

        Kind(String description) {
            this.description = description;
        }
    }

    boolean isSign(String sign) {
        return kind == Kind.SIGN && text.equals(sign);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    String describe() {
        return kind == Kind.NAME || kind == Kind.SIGN || kind == Kind.INTEGER ? "'" + text + "'" : kind.description;
    }

    /** What a literal number is worth. */
    Object number() {
        String digits = text.replace("_", "");
        if (kind == Kind.REAL) {
            return Double.valueOf(digits);
        }
        Object number = Numbers.whole(digits, 0);
        if (number == null) {
            throw wrong("an integer that cannot be read");
        }
        return number;
    }

    TemplateException wrong(String reason) {
        return TemplateException.at(line, column, reason);
    }
}
