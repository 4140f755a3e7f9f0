package dev.altiplano.server.config;

import org.jspecify.annotations.Nullable;

/** A setting with a value that it cannot have; the message has its full name, the value and what is allowed. */
public final class InvalidSettingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String setting;

    /** The setting {@code setting} has {@code value}, which is not {@code allowed}. */
    public InvalidSettingException(String setting, @Nullable Object value, String allowed) {
        super(setting + " = " + value + ": must be " + allowed);
        this.setting = setting;
    }

    /** Its full name. */
    public String setting() {
        return setting;
    }
}
