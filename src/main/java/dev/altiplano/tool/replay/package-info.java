/**
 * The command {@code replay}: in comes a file of requests that a service recorded, and a model or the address of a service; each request
 * is sent again, and out goes where the bits of its answer differ. A model is served by a process of its own on a port of the
 * loopback, with this program's settings. Runs on the main thread, with a virtual thread for each request on its way.
 */
@NullMarked
package dev.altiplano.tool.replay;

import org.jspecify.annotations.NullMarked;
