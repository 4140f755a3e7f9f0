/**
 * Text that knows where it came from: in come strings of the template, of the model and of a request, out comes a text
 * that tells for each character whether control tokens may be spelled in it. Values are immutable; a builder belongs to
 * one rendering.
 */
@NullMarked
package dev.altiplano.engine.chat.template.text;

import org.jspecify.annotations.NullMarked;
