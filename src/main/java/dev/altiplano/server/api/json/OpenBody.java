package dev.altiplano.server.api.json;

/** A body in which options of other servers may stand where they ask for nothing. */
public interface OpenBody {}
