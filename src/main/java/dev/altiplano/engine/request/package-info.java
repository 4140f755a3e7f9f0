/**
 * A request while it lives: in come what a client asked for and the tokens that were sampled for it, out go text and
 * events to its reader. Made by the thread that submits, then changed by the engine thread alone; {@link
 * dev.altiplano.engine.request.EventChannel} is where the reader's thread takes over.
 */
@NullMarked
package dev.altiplano.engine.request;

import org.jspecify.annotations.NullMarked;
