/**
 * A small client for streamed answers that outlive broken connections and killed servers: in come a request's body and the addresses
 * of replicas, out go the answer's events, each once. Needs the JDK's HTTP client alone, and knows nothing of the service's code.
 */
@NullMarked
package dev.altiplano.client;

import org.jspecify.annotations.NullMarked;
