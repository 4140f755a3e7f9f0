/**
 * The tree of a compiled template: expressions that give a value, and statements that write. In comes a {@link
 * dev.altiplano.engine.chat.template.value.Rendering}; trees are immutable and shared by all threads that render.
 */
@NullMarked
package dev.altiplano.engine.chat.template.tree;

import org.jspecify.annotations.NullMarked;
