package dev.altiplano.engine.chat;

import java.util.Locale;

/** Who a message is from. */
public enum Role {
    SYSTEM,
    /** Instructions of the application, which newer clients send in place of a system message. */
    DEVELOPER,
    USER,
    ASSISTANT,
    /** The result of a tool call. */
    TOOL;

    /** The name in JSON and in templates. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
