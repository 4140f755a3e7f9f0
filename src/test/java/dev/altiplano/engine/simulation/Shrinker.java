package dev.altiplano.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a failing run smaller while it goes on failing, and says how to repeat it. */
final class Shrinker {

    private Shrinker() {}

    static String shrink(Scenario scenario, Violation found) {
        return shrink(scenario, found, Shrinker::violation);
    }

    /** @param test gives what is found in a scenario, or null */
    static String shrink(Scenario scenario, Violation found, Function<Scenario, @Nullable Violation> test) {
        Scenario smallest = scenario;
        Violation last = found;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Scenario each : smaller(smallest)) {
                Violation still = test.apply(each);
                if (still != null) {
                    smallest = each;
                    last = still;
                    smaller = true;
                    break;
                }
            }
        }
        return last.getMessage() + "\n  repeat it with: " + line(smallest) + "\n  " + smallest.setup() + "\n  "
                + smallest.disk() + "\n  "
                + smallest.clients().stream().map(ClientPlan::describe).collect(Collectors.joining("\n  "));
    }

    private static List<Scenario> smaller(Scenario scenario) {
        List<Scenario> all = new ArrayList<>();
        for (int i = 0; i < scenario.clients().size() && scenario.clients().size() > 1; i++) {
            List<ClientPlan> fewer = new ArrayList<>(scenario.clients());
            fewer.remove(i);
            all.add(scenario.with(fewer));
        }
        if (scenario.troubles() > 0) {
            all.add(scenario.withoutTroubles());
        }
        int ticks = Math.min(scenario.stopsAt(), 64);
        for (int tick = 0; tick < ticks; tick++) {
            all.add(scenario.stoppingAt(tick));
        }
        return all;
    }

    private static @Nullable Violation violation(Scenario scenario) {
        try {
            String ignored = World.run(scenario);
            return null;
        } catch (Violation e) {
            return e;
        }
    }

    private static String line(Scenario scenario) {
        return "mvn test -Dtest=SimulationTest#repeats -Dsimulation.seed=" + scenario.seed() + " -Dsimulation.clients="
                + scenario.clients().stream()
                        .map(client -> client.request().id().substring(1))
                        .collect(Collectors.joining(","))
                + " -Dsimulation.troubles=" + scenario.troubles() + " -Dsimulation.stop=" + scenario.stopsAt();
    }

    /** What such a line names: the clients of a seed by their numbers, or {@code all}. */
    static Scenario repeated(Scenario whole, String clients, int troubles, int stop) {
        List<ClientPlan> kept = new ArrayList<>();
        for (ClientPlan client : whole.clients()) {
            if (clients.equals("all")
                    || List.of(clients.split(","))
                            .contains(client.request().id().substring(1))) {
                kept.add(client);
            }
        }
        Scenario fewer = whole.with(kept).stoppingAt(stop);
        return troubles == 0 ? fewer.withoutTroubles() : fewer;
    }
}
