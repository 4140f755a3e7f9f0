package dev.altiplano.training.run;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.altiplano.training.TrainingException;
import dev.altiplano.training.model.Trainable;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run in one file: settings, step, place in the data, parameters and both moments of AdamW, with a checksum. It
 * is written beside and renamed, so a file of this name is whole; a run that goes on from it ends as if it had never stopped.
 */
public final class RunState {

    private static final long MAGIC = 0x414C54495241494EL;

    private RunState() {}

    /** Writes the state of {@code trainer} to {@code file}. */
    public static void save(Path file, Trainer trainer, Map<String, String> settings) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            CheckedOutputStream sum = new CheckedOutputStream(
                    new BufferedOutputStream(Files.newOutputStream(part), 1 << 16), new CRC32());
            try (DataOutputStream out = new DataOutputStream(sum)) {
                out.writeLong(MAGIC);
                out.writeInt(settings.size());
                for (Map.Entry<String, String> entry : new TreeMap<>(settings).entrySet()) {
                    out.writeUTF(entry.getKey());
                    out.writeUTF(entry.getValue());
                }
                out.writeInt(trainer.step());
                long[] data = trainer.data().state();
                out.writeInt(data.length);
                for (long value : data) {
                    out.writeLong(value);
                }
                Trainable trainable = trainer.trainable();
                out.writeLong(trainable.size());
                write(out, trainable.parameters(), trainable.size());
                write(out, trainer.mean(), trainable.size());
                write(out, trainer.square(), trainable.size());
                out.writeLong(sum.getChecksum().getValue());
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            part.toFile().delete();
            throw new TrainingException(
                    part + ": cannot be written: " + e + "; the checkpoint before it, " + file
                            + ", is kept: free some space and start again to go on from there",
                    e);
        }
    }

    private static void write(DataOutputStream out, MemorySegment values, long count) throws IOException {
        byte[] chunk = new byte[1 << 16];
        for (long at = 0; at < count * Float.BYTES; at += chunk.length) {
            int length = (int) Math.min(chunk.length, count * Float.BYTES - at);
            MemorySegment.copy(values, JAVA_BYTE, at, chunk, 0, length);
            out.write(chunk, 0, length);
        }
    }

    private static void read(DataInputStream in, MemorySegment values, long count) throws IOException {
        byte[] chunk = new byte[1 << 16];
        for (long at = 0; at < count * Float.BYTES; at += chunk.length) {
            int length = (int) Math.min(chunk.length, count * Float.BYTES - at);
            in.readFully(chunk, 0, length);
            MemorySegment.copy(chunk, 0, values, JAVA_BYTE, at, length);
        }
    }

    /** Puts {@code trainer} where the run of {@code file} was; fails where its settings were others. */
    public static void restore(Path file, Trainer trainer, Map<String, String> settings) {
        CheckedInputStream sum;
        try {
            sum = new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16), new CRC32());
        } catch (IOException e) {
            throw new TrainingException(file + ": cannot be read: " + e, e);
        }
        try (DataInputStream in = new DataInputStream(sum)) {
            if (in.readLong() != MAGIC) {
                throw new TrainingException(file + ": not the state of a training run");
            }
            TreeMap<String, String> before = new TreeMap<>();
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                before.put(in.readUTF(), in.readUTF());
            }
            compare(file, before, new TreeMap<>(settings));
            int step = in.readInt();
            int values = in.readInt();
            if (values < 0 || values > 1 << 24) {
                throw new TrainingException(file + ": damaged: " + values + " numbers for the place in the data");
            }
            long[] data = new long[values];
            for (int i = 0; i < data.length; i++) {
                data[i] = in.readLong();
            }
            Trainable trainable = trainer.trainable();
            long size = in.readLong();
            if (size != trainable.size()) {
                throw new TrainingException(
                        file + ": has " + size + " parameters, the configuration gives " + trainable.size());
            }
            read(in, trainable.parameters(), size);
            read(in, trainer.mean(), size);
            read(in, trainer.square(), size);
            long expected = sum.getChecksum().getValue();
            if (in.readLong() != expected) {
                throw new TrainingException(file + ": damaged: its checksum does not match");
            }
            trainer.data().restore(data);
            trainer.resume(step);
        } catch (IOException e) {
            throw new TrainingException(file + ": damaged or cut off: " + e, e);
        }
    }

    private static void compare(Path file, Map<String, String> before, Map<String, String> now) {
        for (String key : union(before, now)) {
            if (key.startsWith(Fingerprint.PREFIX)) {
                compareContent(file, key, before.get(key), now.get(key));
                continue;
            }
            String old = before.getOrDefault(key, "(default)");
            String next = now.getOrDefault(key, "(default)");
            if (!old.equals(next)) {
                throw new TrainingException(file + ": the run was begun with " + key + " = " + old + ", now it is "
                        + next + ": use the same configuration, or another folder for a new run");
            }
        }
    }

    /** A state of an older version has no sums. Another name of what is read is another value of its setting. */
    private static void compareContent(Path file, String key, @Nullable String old, @Nullable String next) {
        if (old != null && next != null && !old.equals(next)) {
            throw new TrainingException(file + ": " + key.substring(Fingerprint.PREFIX.length())
                    + " has changed since the run was begun (its SHA-256 was " + old + ", now it is " + next
                    + "): put back what it was, or use another folder for a new run");
        }
    }

    private static Iterable<String> union(Map<String, String> a, Map<String, String> b) {
        TreeMap<String, String> all = new TreeMap<>(a);
        all.putAll(b);
        return all.keySet();
    }
}
