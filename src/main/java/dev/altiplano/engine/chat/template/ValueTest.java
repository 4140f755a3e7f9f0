package dev.altiplano.engine.chat.template;

/** What stands behind {@code is}. */
interface ValueTest {

    boolean holds(Rendering rendering, Object value, Arguments arguments);
}
