/**
 * From logits to the next token, and from tokens' text to what may be shown: in come logits of one position, out comes a token
 * id; in comes decoded text, out comes text that no stop sequence can take back. Belongs to the engine thread.
 */
@NullMarked
package dev.altiplano.engine.sample;

import org.jspecify.annotations.NullMarked;
