package dev.altiplano;

import dev.altiplano.engine.os.ThreadPriorities;
import dev.altiplano.server.AltiplanoServer;
import dev.altiplano.tool.Commands;

/**
 * Starts the service, or runs a command if the first argument names one. What changes the process as a whole, such as the priorities
 * of its threads, is done here, and by {@code bench}.
 */
public final class Altiplano {
    private Altiplano() {}

    public static void main(String[] arguments) {
        if (Commands.isCommand(arguments)) {
            System.exit(Commands.run(arguments));
        }
        Thread.ofPlatform().name("altiplano-niceness").daemon().start(ThreadPriorities::lowerCompilerPriority);
        AltiplanoServer.run(arguments);
    }
}
