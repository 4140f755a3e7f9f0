package dev.altiplano.server.api.json;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;

/**
 * A bound of a list or an object, which holds while it is read: a body of a few megabytes could hold a million small entries.
 *
 * @param max maximum of entries
 * @param setting the setting that says so
 */
public record MaxEntries(int max, String setting) {

    /** Refuses the entry after {@code count} others where {@code field} may not have so many; the parser stands inside it. */
    public static void check(DeserializationContext context, JsonParser parser, String field, int count) {
        if (context.getAttribute(field) instanceof MaxEntries(int max, String setting) && count >= max) {
            throw WrongValueException.saying(
                    parser, "must have at most " + max + (max == 1 ? " entry" : " entries") + " (" + setting + ")");
        }
    }
}
