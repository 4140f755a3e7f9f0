package dev.altiplano.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.yaml.snakeyaml.Yaml;

/** The API's description, to check what is sent against it. */
public final class OpenApi {

    private static final Map<String, Object> DOCUMENT = load();
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private OpenApi() {}

    public static Map<String, Object> document() {
        return DOCUMENT;
    }

    /** {@code json} must be as the schema of that name says. */
    public static void check(String schema, String json) {
        assertThat(SCHEMAS.computeIfAbsent(schema, OpenApi::schema).validate(json, InputFormat.JSON))
                .as("%s: %s", schema, json)
                .isEmpty();
    }

    /** Whether {@code json} is as the schema of that name says. */
    public static boolean accepts(String schema, String json) {
        return SCHEMAS.computeIfAbsent(schema, OpenApi::schema)
                .validate(json, InputFormat.JSON)
                .isEmpty();
    }

    private static Schema schema(String name) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$ref", "#/components/schemas/" + name);
        root.put("$defs", ((Map<?, ?>) DOCUMENT.get("components")).get("schemas"));
        String json = TestServer.JSON.writeValueAsString(root).replace("#/components/schemas/", "#/$defs/");
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(json, InputFormat.JSON);
    }

    private static Map<String, Object> load() {
        try (InputStream in = OpenApi.class.getResourceAsStream("/static/openapi.yaml")) {
            return new Yaml().load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
