package dev.altiplano.server.page;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.RequestSummary;
import dev.altiplano.server.ops.RequestObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.annotation.Primary;

/** Lets each step of the engine last as long as that of a large model, so that a browser can follow. */
@Primary
final class SlowSteps implements EngineObserver {

    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final RequestObserver observer;

    SlowSteps(RequestObserver observer) {
        this.observer = observer;
    }

    @Override
    public void step(int promptRows, int generatedRows, long nanos) {
        observer.step(promptRows, generatedRows, nanos);
        LockSupport.parkNanos(STEP_NANOS);
    }

    @Override
    public void started(long queueNanos) {
        observer.started(queueNanos);
    }

    @Override
    public void firstToken(String id, long nanos) {
        observer.firstToken(id, nanos);
    }

    @Override
    public void nextToken(long nanos) {
        observer.nextToken(nanos);
    }

    @Override
    public void ended(RequestSummary summary) {
        observer.ended(summary);
    }
}
