/**
 * Regular expressions for the rules by which tokenizers cut and rewrite text. In comes an expression as {@code
 * tokenizer.json} writes it (Ruby's dialect, as Oniguruma reads it) and a text; out come the places of its matches, the
 * same that a backtracking engine finds, in time linear in the text for every expression. What a tokenizer does not need
 * (references, look-behind, word boundaries) is refused by name when the expression is compiled.
 *
 * <p>Compiled expressions are immutable and may be used from any thread; a matcher belongs to one.
 */
@NullMarked
package dev.altiplano.engine.tokenizer.regex;

import org.jspecify.annotations.NullMarked;
