package dev.altiplano.engine.simulation;

import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.StreamEvent;

/** Whether a request's outcome is one that it may have, and the same for all who were told. */
final class Verdict {

    private Verdict() {}

    /**
     * @param mayFail whether something has gone wrong that may end a request
     * @param begins whether nothing had been computed before this life
     */
    static void check(
            SimulatedClient client, RequestSummary summary, Scenario scenario, boolean mayFail, boolean begins) {
        StreamEvent last = client.received.last();
        Violation.unless(last != null, () -> client.id() + " ended with " + summary + ", and its reader was not told");
        Outcome told = switch (last) {
            case StreamEvent.Ended ended -> summary.outcome();
            case StreamEvent.Failed failed -> failed.outcome();
            case null, default -> null;
        };
        boolean completed = summary.outcome() == Outcome.STOP || summary.outcome() == Outcome.LENGTH;
        Violation.unless(
                told == summary.outcome() && completed == client.received.complete(),
                () -> client.id() + " ended with " + summary + ", its reader was told " + last);
        Violation.unless(
                summary.usage().equals(client.received.usage()),
                () -> client.id() + " used " + summary.usage() + ", its reader was told " + client.received.usage());
        switch (summary.outcome()) {
            case STOP, LENGTH -> {}
            case CANCELLED -> Violation.unless(client.left, () -> client.id() + " was cancelled and had not left");
            case TIMEOUT ->
                Violation.unless(
                        client.plan.request().client().timeout() != null,
                        () -> client.id() + " timed out without a deadline");
            case ERROR -> Violation.unless(mayFail, () -> client.id() + " failed: " + summary.detail());
            case REJECTED -> throw new Violation(client.id() + " was accepted and rejected");
        }
        if (client.plan.request().prompts().size() == 1 && begins && alone(client, scenario)) {
            Violation.unless(
                    summary.usage().cachedTokens() == 0,
                    () -> client.id() + " found " + summary.usage().cachedTokens() + " tokens of somebody else");
        }
    }

    /** Whether nobody else's prefixes are this one's to find. */
    private static boolean alone(SimulatedClient client, Scenario scenario) {
        return scenario.clients().stream()
                        .filter(each -> salt(each).equals(salt(client.plan)))
                        .count()
                == 1;
    }

    private static String salt(ClientPlan plan) {
        return plan.request().adapter() + "/" + plan.request().client().cacheSalt();
    }
}
