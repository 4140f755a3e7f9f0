package dev.altiplano.engine.simulation;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.RefusedException;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.request.ActiveRequest;
import dev.altiplano.engine.run.SteppedEngine;
import dev.altiplano.engine.schedule.Sequence;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of a run: submits, reads at its own pace, leaves; and what has been said about its request. */
final class SimulatedClient {

    /** What the clock may have gone on while a request was submitted. */
    private static final long MAX_SUBMIT_NANOS = 100_000;

    final ClientPlan plan;
    final Received received = new Received();

    @Nullable
    ActiveRequest active;

    @Nullable
    RequestSummary summary;

    boolean submitted;
    boolean refused;
    boolean left;
    /** The step at which it submitted, or the last one in which it waited for the disk. */
    int submittedTurn;
    /** What it asks for: the plan's, or that behind what the client that it follows has got. */
    GenerationRequest request;

    private long deadlineNanos = Long.MAX_VALUE;

    SimulatedClient(ClientPlan plan) {
        this.plan = plan;
        request = plan.request();
    }

    String id() {
        return plan.request().id();
    }

    /** Its prompt becomes what {@code other} has got, with something behind it, if the other has got anything. */
    void follow(SimulatedClient other) {
        if (other.active != null) {
            List<Sequence> sequences = sequences(other.active);
            if (!sequences.isEmpty()) {
                Sequence first = sequences.getFirst();
                request = plan.after(Arrays.copyOf(first.tokens(), first.length()));
            }
        }
    }

    void submit(SteppedEngine engine, int turn, long nowNanos) {
        submitted = true;
        Duration timeout = request.client().timeout();
        deadlineNanos = timeout == null ? Long.MAX_VALUE : nowNanos + timeout.toNanos();
        submittedTurn = turn;
        try {
            active = engine.submit(request);
        } catch (RefusedException e) {
            refused = true;
        } catch (InvalidRequestException e) {
            Violation.unless(summary == null, () -> id() + " is invalid and has an outcome");
        } catch (OutOfMemoryError e) {
            Violation.unless(plan.mishap(), () -> id() + " ran out of memory");
        }
    }

    void act(int tick) {
        if (active == null) {
            return;
        }
        if (!left && tick - plan.arrival() >= plan.leavesAfter()) {
            left = true;
            active.cancel();
        }
        if (plan.pause() == 0 || tick % (plan.pause() + 1) == 0) {
            read(plan.readsPerTick());
        }
    }

    void read(int most) {
        for (int i = 0; active != null && i < most; i++) {
            StreamEvent event;
            try {
                event = active.stream().next(Duration.ZERO);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (event == null) {
                return;
            }
            received.add(event, plan.choices(), plan.request().embedding() == null);
        }
    }

    void ended(RequestSummary told) {
        Violation.unless(summary == null, () -> id() + " has two outcomes, " + summary + " and " + told);
        summary = told;
    }

    /** Whether it must end in a step that begins now. */
    boolean isDue(long nowNanos) {
        return lives() && (left || nowNanos - MAX_SUBMIT_NANOS > deadlineNanos);
    }

    /** Whether it waits for a prefix from the disk. */
    boolean loads() {
        return lives()
                && active != null
                && sequences(active).stream().anyMatch(each -> Inside.<Boolean>of(each, "loading"));
    }

    private static List<Sequence> sequences(ActiveRequest request) {
        return Inside.of(request, "sequences");
    }

    /** Accepted, and without an outcome. */
    boolean lives() {
        return active != null && summary == null;
    }
}
