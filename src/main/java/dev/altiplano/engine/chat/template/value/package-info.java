/**
 * The values of a template and what may be done with them: types, operators, comparisons, arithmetic and printing as
 * Python has them, all charged to the budget of one {@link dev.altiplano.engine.chat.template.value.Rendering}. Runs on
 * the thread that renders.
 */
@NullMarked
package dev.altiplano.engine.chat.template.value;

import org.jspecify.annotations.NullMarked;
