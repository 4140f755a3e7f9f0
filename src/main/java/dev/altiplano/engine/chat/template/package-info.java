/**
 * A small safe interpreter for the Jinja that chat templates are written in. In comes the text of a template, once, and
 * values of plain Java for each prompt; out comes a {@link dev.altiplano.engine.chat.template.text.Rendered} text that knows for
 * each character whether the template or the request wrote it. There is no reflection, no file and no clock of its own, and
 * depth, work and size are bounded, so that neither a model file nor a request can do harm.
 *
 * <p>Semantics are those of Jinja 3.1 as Hugging Face's transformers sets it up: sandbox without mutation, {@code trim_blocks},
 * {@code lstrip_blocks}, loop controls, {@code raise_exception}, {@code strftime_now}, {@code tojson} without HTML escapes.
 * A {@link dev.altiplano.engine.chat.template.Template} is immutable and may be rendered by any number of threads.
 */
@NullMarked
package dev.altiplano.engine.chat.template;

import org.jspecify.annotations.NullMarked;
