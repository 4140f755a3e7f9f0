/**
 * Adapters by routes of the management port: in come a name and a path below the configured folder, out go adapters that the engine
 * has loaded or let go. Runs on the container's threads.
 */
@NullMarked
package dev.altiplano.server.api.adapter;

import org.jspecify.annotations.NullMarked;
