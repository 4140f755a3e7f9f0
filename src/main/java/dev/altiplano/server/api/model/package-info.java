/**
 * What is served, as clients and gateways ask for it: {@code /v1/models}, {@code /version}, {@code /load}. In come names, out go
 * OpenAI's model objects. Runs on the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.model;

import org.jspecify.annotations.NullMarked;
