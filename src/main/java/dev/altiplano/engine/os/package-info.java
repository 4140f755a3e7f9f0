/**
 * What the engine asks of the operating system: worker threads, the priority of Java's compiler threads, huge pages, energy
 * counters. Depends on the JDK alone; where the system has no such thing, nothing happens.
 */
@NullMarked
package dev.altiplano.engine.os;

import org.jspecify.annotations.NullMarked;
