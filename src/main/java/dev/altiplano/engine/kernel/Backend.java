package dev.altiplano.engine.kernel;

import java.util.List;

/**
 * What computes: shown in the log and by {@code /actuator/info}.
 *
 * @param name {@code native}, {@code vector} or {@code scalar}
 * @param instructionSet what it uses, for example {@code avx512-vnni}
 * @param source where it was loaded from
 * @param threads threads that compute, the engine thread included
 * @param rejected why no better one was chosen, best first
 */
public record Backend(String name, String instructionSet, String source, int threads, List<String> rejected) {

    public Backend {
        rejected = List.copyOf(rejected);
    }
}
