/**
 * Cleans text before it is learned: reads files as documents, drops repeated lines, text in another language and text unlike a
 * reference. In: files or documents. Out: documents. Stateless apart from what a step of cleaning remembers; any one thread.
 */
@NullMarked
package dev.altiplano.training.text;

import org.jspecify.annotations.NullMarked;
