/**
 * Brings model files to this machine: in comes an address (https, a hub's model, an object of S3, a file), out comes a path to
 * files that are complete and checked, continued where an earlier try broke off. Runs on the caller's thread, with virtual
 * threads for ranges.
 */
@NullMarked
package dev.altiplano.engine.checkpoint.fetch;

import org.jspecify.annotations.NullMarked;
