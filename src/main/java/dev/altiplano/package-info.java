/** The program: {@link dev.altiplano.Altiplano} starts the service, or runs one of the command line tools. */
@NullMarked
package dev.altiplano;

import org.jspecify.annotations.NullMarked;
