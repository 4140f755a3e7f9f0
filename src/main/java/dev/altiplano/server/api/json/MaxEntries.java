package dev.altiplano.server.api.json;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;

/** Bounds of lists and objects, which hold while they are read: a body of a few megabytes could hold a million small entries. */
public final class MaxEntries {

    private MaxEntries() {}

    /** Refuses the entry after {@code count} others where {@code field} may not have so many; the parser stands inside it. */
    public static void check(DeserializationContext context, JsonParser parser, String field, int count) {
        if (context.getAttribute(field) instanceof Integer max && count >= max) {
            throw WrongValueException.of(parser, "of at most " + max + (max == 1 ? " entry" : " entries"));
        }
    }
}
