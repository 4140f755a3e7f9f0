import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.StreamEvent;
import dev.altiplano.engine.run.Engines;
import java.nio.file.Path;
import java.time.Duration;

void main(String[] arguments) throws Exception {
    var options = EngineOptions.of(Path.of(arguments[0]), "model");
    try (var engine = Engines.open(options, (phase, done, total) -> {}, EngineObserver.NONE)) {
        var stream = engine.submit(GenerationRequest.of("1", new Prompt.Text(arguments[1]), 32)).stream();
        while (stream.next(Duration.ofMinutes(1)) instanceof StreamEvent event && !(event instanceof StreamEvent.Ended)) {
            if (event instanceof StreamEvent.Text piece) {
                IO.print(piece.text());
            }
        }
    }
}
