package dev.altiplano.server.api.json;

/** A part of a body in which any field may stand where it asks for nothing. */
public interface OpenEntry {}
