/**
 * Settings: in come {@code altiplano.*} properties, on the thread that starts the service; out come checked records, or a message that
 * says which setting is wrong and what it may be.
 */
@NullMarked
package dev.altiplano.server.config;

import org.jspecify.annotations.NullMarked;
