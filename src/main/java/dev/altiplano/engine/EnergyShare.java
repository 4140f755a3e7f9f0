package dev.altiplano.engine;

/**
 * The part of the energy of steps that fell to a request: a step's is divided by rows, so that the parts of all requests add up to
 * what the meter showed.
 *
 * @param microjoules of all steps that the request took part in
 * @param measured by the machine's own counters; otherwise reckoned from a configured power
 */
public record EnergyShare(long microjoules, boolean measured) {}
