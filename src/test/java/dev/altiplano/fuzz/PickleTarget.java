package dev.altiplano.fuzz;

import dev.altiplano.engine.checkpoint.ReferenceFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The pickle in an archive that is right, with its checksum. */
public final class PickleTarget {

    private static final String PICKLE = "consolidated/data.pkl";
    private static final Map<String, byte[]> ENTRIES = entries();

    private PickleTarget() {}

    private static Map<String, byte[]> entries() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile archive = new ZipFile(ReferenceFiles.ROOT
                .resolve("malformed/control-pth/consolidated.00.pth")
                .toFile())) {
            for (ZipEntry entry : archive.stream().toList()) {
                entries.put(entry.getName(), archive.getInputStream(entry).readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    public static void fuzzerTestOneInput(byte[] data) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream archive = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : ENTRIES.entrySet()) {
                byte[] content = each.getKey().equals(PICKLE) ? data : each.getValue();
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                CRC32 sum = new CRC32();
                sum.update(content);
                entry.setCrc(sum.getValue());
                archive.putNextEntry(entry);
                archive.write(content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TorchTarget.fuzzerTestOneInput(bytes.toByteArray());
    }
}
