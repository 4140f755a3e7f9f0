package dev.altiplano.server.ops;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.stereotype.Component;

/** {@code /actuator/info}: what is served, what computes, and what went wrong last. */
@Component
final class ModelInfo implements InfoContributor {

    private final EngineLifecycle lifecycle;
    private final LatestErrors errors;

    ModelInfo(EngineLifecycle lifecycle, LatestErrors errors) {
        this.lifecycle = lifecycle;
        this.errors = errors;
    }

    @Override
    public void contribute(Info.Builder builder) {
        builder.withDetail("version", ProgramVersion.text());
        builder.withDetail("errors", errors.latest());
        Engine engine = lifecycle.engineOrNull();
        if (engine == null) {
            return;
        }
        ModelCard card = engine.card();
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("id", card.id());
        model.put("fingerprint", SystemFingerprint.of(card));
        model.put("format", card.format());
        model.put("size", card.size());
        model.put("parameters", card.parameters());
        model.put("layers", card.layers());
        model.put("hiddenSize", card.hiddenSize());
        model.put("vocabularySize", card.vocabularySize());
        model.put("contextLength", card.contextLength());
        model.put("weightFormats", card.weightFormats());
        model.put("weightBytes", card.weightBytes());
        model.put("kvBytes", card.kvBytes());
        model.put("kvBlockTokens", card.kvBlockTokens());
        model.put("loadSeconds", card.loadSeconds());
        builder.withDetail("model", model);
        builder.withDetail("backend", Map.of("name", card.backend(), "detail", card.backendDetail()));
    }
}
