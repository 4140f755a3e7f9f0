package dev.altiplano.server.api.embedding;

import dev.altiplano.engine.Usage;
import dev.altiplano.server.api.UsageJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * Writes lists of embeddings.
 *
 * @param model the served model's id
 * @param options how the client wants to see them
 */
record EmbeddingJson(String model, EmbeddingOptions options) {

    /** All vectors, in the order of their inputs. */
    Consumer<JsonGenerator> list(float[][] vectors, Usage usage) {
        return out -> {
            out.writeStartObject();
            out.writeStringProperty("object", "list");
            out.writeArrayPropertyStart("data");
            for (int i = 0; i < vectors.length; i++) {
                out.writeStartObject();
                out.writeStringProperty("object", "embedding");
                out.writeNumberProperty("index", i);
                out.writeName("embedding");
                write(out, shortened(vectors[i]));
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeStringProperty("model", model);
            out.writeObjectPropertyStart("usage");
            out.writeNumberProperty("prompt_tokens", usage.promptTokens());
            out.writeNumberProperty("total_tokens", usage.promptTokens());
            UsageJson.energy(out, usage.energy());
            out.writeEndObject();
            out.writeEndObject();
        };
    }

    private void write(JsonGenerator out, float[] vector) {
        if (options.base64()) {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            out.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            return;
        }
        out.writeStartArray();
        for (float value : vector) {
            out.writeNumber(value);
        }
        out.writeEndArray();
    }

    /** The first numbers of {@code unit}, as many as are wanted, again of length 1; zeros stay zeros. */
    private float[] shortened(float[] unit) {
        if (options.dimensions() >= unit.length) {
            return unit;
        }
        float[] first = Arrays.copyOf(unit, options.dimensions());
        double squares = 0;
        for (float value : first) {
            squares += (double) value * value;
        }
        if (squares > 0) {
            double length = Math.sqrt(squares);
            for (int i = 0; i < first.length; i++) {
                first[i] = (float) (first[i] / length);
            }
        }
        return first;
    }
}
