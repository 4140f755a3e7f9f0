package dev.altiplano;

import dev.altiplano.engine.Engine;
import dev.altiplano.tool.Commands;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the service, or runs a command if the first argument names one. */
@SpringBootApplication(scanBasePackages = "dev.altiplano.server")
public class Altiplano {
    public static void main(String[] arguments) {
        if (Commands.isCommand(arguments)) {
            System.exit(Commands.run(arguments));
        }
        Thread.ofPlatform().name("altiplano-niceness").daemon().start(Engine::letOptimisersStandBack);
        SpringApplication.run(Altiplano.class, arguments);
    }
}
