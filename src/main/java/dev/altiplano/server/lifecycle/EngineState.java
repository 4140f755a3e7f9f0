package dev.altiplano.server.lifecycle;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.LoadListener;

/** Where the engine is in its life. */
public sealed interface EngineState {

    /** The model is being loaded; {@code percent} is of the phase. */
    record Loading(LoadListener.Phase phase, int percent) implements EngineState {}

    /** The model could not be loaded; the process stays up to say why. */
    record Failed(String reason) implements EngineState {}

    /** Requests are served. */
    record Ready(Engine engine) implements EngineState {}

    /** An error has ended the engine thread: nothing is computed until a restart. */
    record Ended(Engine engine) implements EngineState {}

    /** Nothing new is accepted; what was accepted runs to its end. */
    record Draining(Engine engine) implements EngineState {}

    /** It is over. */
    record Closed() implements EngineState {}

    /** The engine that takes requests; throws {@link NotReadyException} where there is none. */
    default Engine ready() {
        if (this instanceof Ready(Engine engine)) {
            return engine;
        }
        throw new NotReadyException(this);
    }
}
