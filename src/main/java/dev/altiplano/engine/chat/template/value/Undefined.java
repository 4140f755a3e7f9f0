package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;

/**
 * What a name, attribute or key gives that is not there: prints nothing, is false and empty, and refuses every other use.
 *
 * @param strict whether it refuses these, too
 */
public record Undefined(String reason, boolean strict) {

    public Undefined(String reason) {
        this(reason, false);
    }

    public static Undefined name(String name) {
        return name(name, false);
    }

    public static Undefined name(String name, boolean strict) {
        return new Undefined("'" + name + "' is undefined", strict);
    }

    /** Something that the sandbox keeps away. */
    public static Undefined unsafe(String type, String attribute) {
        return new Undefined("access to attribute '" + attribute + "' of '" + type + "' is not allowed in a template");
    }

    public TemplateException refusal() {
        return TemplateException.of(reason + "; test it with 'is defined' or give it a 'default'");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
