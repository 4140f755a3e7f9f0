package dev.altiplano.engine.chat.template.filter;

import dev.altiplano.engine.chat.template.value.Arguments;
import dev.altiplano.engine.chat.template.value.Rendering;

/** What stands behind {@code is}. */
public interface ValueTest {

    boolean holds(Rendering rendering, Object value, Arguments arguments);
}
