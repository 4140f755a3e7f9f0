package dev.altiplano.engine.checkpoint.huggingface;

import dev.altiplano.engine.checkpoint.quantized.RawTensor;
import dev.altiplano.engine.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a safetensors file in memory, to be changed and written again. */
public final class SafetensorsFile {

    /** A tensor as its file holds it. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Entry(String dtype, long[] shape, byte[] bytes) {}

    public final Map<String, Entry> tensors = new LinkedHashMap<>();

    public static SafetensorsFile read(Path file) {
        SafetensorsFile read = new SafetensorsFile();
        try (Arena arena = Arena.ofConfined()) {
            for (RawTensor tensor : SafetensorsReader.readRaw(file, arena).sequencedValues()) {
                read.tensors.put(
                        tensor.name(),
                        new Entry(tensor.dtype(), tensor.shape(), tensor.data().toArray(ValueLayout.JAVA_BYTE)));
            }
        }
        return read;
    }

    public void write(Path file) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        Map<String, Object> header = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            long begin = data.size();
            data.writeBytes(tensor.bytes);
            header.put(
                    name,
                    Map.of(
                            "dtype",
                            tensor.dtype,
                            "shape",
                            Arrays.stream(tensor.shape).boxed().toList(),
                            "data_offsets",
                            List.of(begin, (long) data.size())));
        });
        byte[] text = JsonText.of(header).getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(8 + text.length + data.size())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length)
                        .put(text)
                        .put(data.toByteArray())
                        .array());
    }
}
