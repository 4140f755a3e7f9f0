package dev.altiplano.tool.convert;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A safetensors file with more rows than it had. */
final class PaddedSafetensors {

    private final JsonNode header;
    private final byte[] data;

    PaddedSafetensors(String header, byte[] data) {
        this.header = JsonMapper.shared().readTree(header);
        this.data = data;
    }

    /** The file with {@code rows} rows of zeros at the end of the named matrices of 16-bit numbers. */
    byte[] with(int rows, String... names) {
        ObjectNode table = JsonMapper.shared().createObjectNode();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (entry.getKey().equals("__metadata__")) {
                continue;
            }
            JsonNode tensor = entry.getValue();
            int more = List.of(names).contains(entry.getKey()) ? rows : 0;
            int begin = body.size();
            body.writeBytes(Arrays.copyOfRange(
                    data,
                    tensor.get("data_offsets").get(0).asInt(),
                    tensor.get("data_offsets").get(1).asInt()));
            ObjectNode written = table.putObject(entry.getKey());
            written.put("dtype", tensor.get("dtype").asString());
            var shape = written.putArray("shape");
            for (int i = 0; i < tensor.get("shape").size(); i++) {
                shape.add(tensor.get("shape").get(i).asInt() + (i == 0 ? more : 0));
            }
            if (more > 0) {
                body.writeBytes(new byte[more * tensor.get("shape").get(1).asInt() * 2]);
            }
            written.putArray("data_offsets").add(begin).add(body.size());
        }
        byte[] text = table.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + body.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(body.toByteArray())
                .array();
    }
}
