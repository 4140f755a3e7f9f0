/**
 * Runs tasks on a model: many requests at once, each result written to a journal, from which a run that was stopped goes on.
 * In come tasks and a model; out come results. One thread calls; virtual threads wait for the model's answers.
 */
@NullMarked
package dev.altiplano.evaluation.run;

import org.jspecify.annotations.NullMarked;
