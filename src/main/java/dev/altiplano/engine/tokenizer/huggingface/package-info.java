/**
 * Tokenizers as Hugging Face's folders describe them: {@code tokenizer.json}, or a {@code tokenizer.model} with the files
 * around it that add tokens and say what begins and ends a text. In come the files' contents as trees of maps and lists;
 * out comes a {@link dev.altiplano.engine.tokenizer.Tokenizer}. Every rule that a file names is applied or refused by its
 * name, none is left out.
 *
 * <p>Everything here runs once, in the thread that loads a model.
 */
@NullMarked
package dev.altiplano.engine.tokenizer.huggingface;

import org.jspecify.annotations.NullMarked;
