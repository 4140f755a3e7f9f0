package dev.altiplano.evaluation.taskfile;

/** A Python function that a task file names by {@code !function}: nothing that is run here. */
record FunctionReference(String name, int line) {}
