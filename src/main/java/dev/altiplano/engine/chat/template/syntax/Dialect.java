package dev.altiplano.engine.chat.template.syntax;

/** How a template treats white space around tags, and names that are not there. */
public enum Dialect {
    /** As chat templates are rendered: {@code trim_blocks} and {@code lstrip_blocks}, a last line break goes, undefined names print nothing. */
    CHAT,
    /** Jinja's own white space, with a last line break kept, and strict: an undefined name is refused when it is printed or tested. */
    STRICT
}
