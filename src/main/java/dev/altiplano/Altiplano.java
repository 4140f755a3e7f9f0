package dev.altiplano;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the service. */
@SpringBootApplication
public class Altiplano {
    public static void main(String[] arguments) {
        SpringApplication.run(Altiplano.class, arguments);
    }
}
