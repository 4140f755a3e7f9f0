/**
 * Which backend computes: in come options, out come checked {@link dev.altiplano.engine.kernel.Kernels} and why no better
 * ones. Called once for each engine, by the loading thread.
 */
@NullMarked
package dev.altiplano.engine.kernel.backend;

import org.jspecify.annotations.NullMarked;
