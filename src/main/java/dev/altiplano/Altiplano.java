package dev.altiplano;

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
        SpringApplication.run(Altiplano.class, arguments);
    }
}
