package dev.altiplano.server.api.adapter;

import org.jspecify.annotations.Nullable;

/**
 * The body of both routes, as vLLM's clients send it; every component is null where nothing was sent.
 *
 * @param loraName what requests call the adapter
 * @param loraPath where its files are; for loading alone
 * @param loraIntId a number that other servers give; without meaning here
 */
record AdapterBody(
        @Nullable String loraName,
        @Nullable String loraPath,
        @Nullable Integer loraIntId) {}
