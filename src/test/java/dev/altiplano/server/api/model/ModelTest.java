package dev.altiplano.server.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.Family;
import dev.altiplano.server.OpenApi;
import dev.altiplano.server.TestServer;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Names of the model, as clients write them. */
class ModelTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.ready(
                "--altiplano.model.path=src/test/resources/reference/base-mp1",
                "--altiplano.model.id=meta/seven-b",
                "--altiplano.model.aliases=gpt-3.5-turbo-instruct,other/name",
                "--altiplano.engine.max-sequences=2");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void isRetrievedWithItsSlashEncodedOrNot() {
        for (String name : new String[] {"meta/seven-b", "meta%2Fseven-b", "other%2fname", "gpt-3.5-turbo-instruct"}) {
            for (String path : new String[] {"/v1/models/", "/models/"}) {
                JsonNode model =
                        TestServer.JSON.readTree(server.get(path + name).body());
                OpenApi.check("Model", model.toString());
                assertThat(model.get("id").asString()).as(path + name).isEqualTo(name.replaceAll("(?i)%2f", "/"));
                assertThat(model.get("root").asString()).isEqualTo("meta/seven-b");
                assertThat(model.get("parent").isNull()).isTrue();
            }
        }
        JsonNode error = TestServer.error(server.get("/v1/models/no%2Fsuch"), 404);
        assertThat(error.get("code").asString()).isEqualTo("model_not_found");
        assertThat(error.get("message").asString()).contains("no/such", "meta/seven-b");
    }

    @Test
    void isNotFoundAndTheAdaptersAreNamedButNotAllOfMany() {
        Path folder = Family.FOLDER.resolve("adapters");
        Stream<String> adapters =
                IntStream.range(10, 30).mapToObj(i -> "--altiplano.adapters.a" + i + "=" + folder.resolve("all"));
        Stream<String> model =
                Stream.of("--altiplano.model.path=" + folder.resolve("base"), "--altiplano.model.id=base");
        try (TestServer tuned = TestServer.ready(Stream.concat(model, adapters).toArray(String[]::new))) {
            JsonNode error =
                    TestServer.error(tuned.post("/v1/completions", "{\"model\":\"a9\",\"prompt\":\"a\"}"), 404);
            assertThat(error.get("message").asString())
                    .contains("this service has 'base', 'a10', 'a11', ")
                    .endsWith(", 'a24' and 5 more");
        }
    }

    @Test
    void answersToItsAliases() {
        for (String name : new String[] {"meta/seven-b", "other/name", ""}) {
            server.complete("{\"model\":\"" + name + "\",\"prompt\":\"a\",\"max_tokens\":1}");
        }
        TestServer.error(server.post("/v1/completions", "{\"model\":\"seven-b\",\"prompt\":\"a\"}"), 404);
    }

    @Test
    void isListedWithRootAndPermission() {
        JsonNode listed = TestServer.JSON.readTree(server.get("/models").body());
        assertThat(listed)
                .isEqualTo(TestServer.JSON.readTree(server.get("/v1/models").body()));
        assertThat(listed.get("data").valueStream().map(each -> each.get("id").asString()))
                .containsExactly("meta/seven-b", "gpt-3.5-turbo-instruct", "other/name");
        assertThat(listed.get("data").get(0).get("root").asString()).isEqualTo("meta/seven-b");
        assertThat(listed.get("data").get(0).get("permission").isArray()).isTrue();
    }

    @Test
    void tellsVersionAndLoad() {
        assertThat(TestServer.JSON
                        .readTree(server.get("/version").body())
                        .get("version")
                        .asString())
                .isNotEmpty();
        assertThat(TestServer.JSON
                        .readTree(server.get("/load").body())
                        .get("server_load")
                        .asInt())
                .isZero();
    }
}
