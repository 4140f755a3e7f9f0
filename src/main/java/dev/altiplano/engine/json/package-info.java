/**
 * A strict reader of JSON (RFC 8259) for all rooms of the engine: in comes text from anywhere, out come values of whatever kind a room
 * keeps; and a writer of plain values. Depends on the JDK alone; serves any thread.
 */
@NullMarked
package dev.altiplano.engine.json;

import org.jspecify.annotations.NullMarked;
