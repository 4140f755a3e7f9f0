package dev.altiplano.engine.chat.template;

/** What a template can call: a global function, a macro, a method of a value. */
interface Function {

    Object call(Rendering rendering, Arguments arguments);
}
