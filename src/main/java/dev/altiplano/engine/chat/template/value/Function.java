package dev.altiplano.engine.chat.template.value;

import org.jspecify.annotations.Nullable;

/** What a template can call: a global function, a macro, a method of a value. */
public interface Function {

    Object call(Rendering rendering, Arguments arguments);

    /** What the function tells of itself under this name, or null. */
    default @Nullable Object attribute(String name) {
        return null;
    }
}
