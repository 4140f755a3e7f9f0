package dev.altiplano.engine.chat.template;

/**
 * What a name, attribute or key gives that is not there: prints nothing, is false and empty, and refuses every other use.
 *
 * @param strict whether it refuses these, too
 */
record Undefined(String reason, boolean strict) {

    Undefined(String reason) {
        this(reason, false);
    }

    static Undefined name(String name) {
        return name(name, false);
    }

    static Undefined name(String name, boolean strict) {
        return new Undefined("'" + name + "' is undefined", strict);
    }

    /** Something that the sandbox keeps away. */
    static Undefined unsafe(String type, String attribute) {
        return new Undefined("access to attribute '" + attribute + "' of '" + type + "' is not allowed in a template");
    }

    TemplateException refusal() {
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
