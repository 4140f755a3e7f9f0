package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Rendering;

/** What stands behind {@code |}: makes one value of another. */
public interface Filter {

    Object apply(Rendering rendering, Object value, Arguments arguments);
}
