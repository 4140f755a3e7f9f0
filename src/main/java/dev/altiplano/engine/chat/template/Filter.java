package dev.altiplano.engine.chat.template;

/** What stands behind {@code |}: makes one value of another. */
interface Filter {

    Object apply(Rendering rendering, Object value, Arguments arguments);
}
