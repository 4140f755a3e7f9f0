package dev.altiplano.server.client;

import dev.altiplano.server.ScriptedModel;
import dev.altiplano.server.ScriptedModel.Script;
import dev.altiplano.server.TestServer;
import java.nio.file.Path;
import java.util.List;

/**
 * The services that other people's clients are tried on. One answers by scripts: it calls the tool {@code weather} where there is one,
 * says what the result was, gives JSON about Zoe, and greets. The other is the embedded model that chats.
 */
final class AssistantService {

    static final String MODEL = "assistant";
    static final String GREETING = "Good day to you!";
    static final String ANSWER = "It is sunny in Rome.";
    static final String ARGUMENTS = "{\"city\": \"Rome\"}";

    private static final Path DEMO = Path.of("src/main/resources/model/demo-instruct");

    private static TestServer scripted;
    private static TestServer demo;

    private AssistantService() {}

    static synchronized TestServer scripted() {
        if (scripted == null) {
            Path model = ScriptedModel.write(
                    "<tool_call>",
                    List.of("<tool_call>", "</tool_call>"),
                    List.of(
                            new Script("messages[-1].role == 'tool'", ANSWER),
                            new Script(
                                    "tools",
                                    "<tool_call>{\"name\": \"weather\", \"arguments\": " + ARGUMENTS + "}</tool_call>"),
                            new Script("'Zoe' in messages[-1].content", "{\"age\": 7, \"name\": \"Zoe\"}"),
                            new Script("true", GREETING)));
            scripted = TestServer.ready("--altiplano.model.path=" + model, "--altiplano.model.id=" + MODEL);
        }
        return scripted;
    }

    static synchronized TestServer demo() {
        if (demo == null) {
            demo = TestServer.ready("--altiplano.model.path=" + DEMO, "--altiplano.model.id=" + MODEL);
        }
        return demo;
    }

    /** What clients call the base URL. */
    static String url(TestServer server) {
        return server.uri("/v1").toString();
    }
}
