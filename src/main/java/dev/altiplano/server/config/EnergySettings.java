package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.checked;

import dev.altiplano.engine.EngineOptions;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is said about energy.
 *
 * @param perRequest Whether usage tells each request's part of the energy, as energy_joules.
 * @param watts Power to reckon with where the machine does not tell its energy; usage then calls it configured. 0: none is known.
 */
public record EnergySettings(
        @DefaultValue("false") boolean perRequest,
        @DefaultValue("0") double watts) {

    EngineOptions.Energy options() {
        return checked("altiplano.energy.", () -> new EngineOptions.Energy(perRequest, watts));
    }
}
