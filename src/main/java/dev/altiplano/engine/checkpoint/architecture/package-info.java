/**
 * What a model is apart from its weights: the architectures that are known by the names in files, and the parts of a shape that
 * differ between them. Data that the readers of files make and the model computes by; called by any thread.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.architecture;

import org.jspecify.annotations.NullMarked;
