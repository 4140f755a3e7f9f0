package dev.altiplano.server.api.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Strict JSON in, compact JSON out. */
public final class Json {

    /** Deepest nesting of a request. Its values are read, and written by templates, by recursion. */
    static final int MAX_DEPTH = 64;

    static final int MAX_NUMBER_CHARACTERS = 256;
    static final int MAX_NAME_CHARACTERS = 256;
    private static final int BOM_BYTES = 3;

    // NaN and Infinity pass the parser so that the field that holds one can be named; no field accepts them.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_CHARACTERS)
                    .maxNameLength(MAX_NAME_CHARACTERS)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(StrictScalars.module())
            .addHandler(new UnknownFields())
            .build();

    private Json() {}

    /**
     * Binds the first {@code length} bytes of {@code body}, one JSON object in UTF-8 and nothing more, to a record. Names are in snake
     * case; components without a value are null.
     *
     * @param maxEntries maximum of entries of lists and objects, by the field's name; see {@link MaxEntries}
     * @throws InvalidJsonException where the body is anything else
     */
    public static <T> T read(byte[] body, int length, Class<T> type, Map<String, MaxEntries> maxEntries) {
        Utf8Check.require(body, length);
        int begin = startsWithBom(body, length) ? BOM_BYTES : 0;
        ObjectReader reader = MAPPER.readerFor(type).withAttributes(maxEntries);
        try (JsonParser parser = reader.createParser(body, begin, length - begin)) {
            try {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw JsonProblem.of(null, "The body must be a JSON object");
                }
                return reader.readValue(parser);
            } catch (JacksonException e) {
                throw JsonProblem.of(e, parser);
            }
        }
    }

    private static boolean startsWithBom(byte[] body, int length) {
        return length >= BOM_BYTES && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF;
    }

    /** Writes what {@code content} writes to {@code target}, as it comes, and closes it. */
    public static void write(OutputStream target, Consumer<JsonGenerator> content) throws IOException {
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), target, JsonEncoding.UTF8)) {
            content.accept(out);
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
    }

    /** What {@code content} writes. */
    public static byte[] bytes(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
            content.accept(out);
        }
        return bytes.toByteArray();
    }
}
