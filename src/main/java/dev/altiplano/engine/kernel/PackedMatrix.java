package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix [rows, columns] in the layout that one backend reads, written once when the model is loaded.
 *
 * @param format the format in which it is held
 * @param rows outputs
 * @param columns inputs
 * @param data the packed bytes, 64-byte aligned, in native memory; whoever asked for the packing owns them
 */
public record PackedMatrix(WeightFormat format, int rows, int columns, MemorySegment data) {}
