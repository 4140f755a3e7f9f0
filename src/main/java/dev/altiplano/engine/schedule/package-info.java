/**
 * Decides which tokens of which sequences run in the next step: in come sequences, out comes a
 * {@link dev.altiplano.engine.schedule.StepPlan}. Knows no tensor and no text. Belongs to the engine thread.
 */
@NullMarked
package dev.altiplano.engine.schedule;

import org.jspecify.annotations.NullMarked;
