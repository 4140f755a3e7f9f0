package dev.altiplano.engine;

import java.util.List;

/**
 * The adapters that an engine has at a moment, by name.
 *
 * @param loaded all that requests may name, in the order in which they came
 * @param running those of requests that a step has run
 * @param waiting those of requests that wait for their first step
 * @param maximum how many there can be
 */
public record AdapterNames(List<String> loaded, List<String> running, List<String> waiting, int maximum) {

    public AdapterNames {
        loaded = List.copyOf(loaded);
        running = List.copyOf(running);
        waiting = List.copyOf(waiting);
    }
}
