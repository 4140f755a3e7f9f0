package dev.altiplano.training.run;

import dev.altiplano.training.TrainingException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/** A configuration: a properties file whose keys are all asked for; one that nobody asked for is a mistake. */
final class Settings {

    private final String name;
    private final Properties properties = new Properties();
    private final TreeSet<String> unused = new TreeSet<>();

    private Settings(String name, Reader text) throws IOException {
        this.name = name;
        properties.load(text);
        unused.addAll(properties.stringPropertyNames());
    }

    static Settings read(Path file) {
        try {
            return new Settings(file.toString(), new StringReader(Files.readString(file)));
        } catch (CharacterCodingException e) {
            throw new TrainingException(file + ": not UTF-8", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new TrainingException(file + ": cannot be read: " + e, e);
        }
    }

    public static Settings of(String name, Reader text) throws IOException {
        return new Settings(name, text);
    }

    String text(String key, String otherwise) {
        unused.remove(key);
        return properties.getProperty(key, otherwise).strip();
    }

    List<String> words(String key) {
        String text = text(key, "");
        return text.isEmpty() ? List.of() : List.of(text.split("[,\\s]+"));
    }

    int integer(String key, int otherwise, int least, int most) {
        String text = text(key, Integer.toString(otherwise));
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException ignored) {
            // the message below says what is expected
        }
        throw new TrainingException(
                name + ": " + key + " = " + text + ": must be a whole number from " + least + " to " + most);
    }

    double number(String key, double otherwise, double least, double most) {
        String text = text(key, Double.toString(otherwise));
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException ignored) {
            // the message below says what is expected
        }
        throw new TrainingException(
                name + ": " + key + " = " + text + ": must be a number from " + least + " to " + most);
    }

    /** The names that follow {@code prefix} in the keys, up to the next dot. */
    List<String> names(String prefix) {
        TreeSet<String> names = new TreeSet<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(prefix) && key.indexOf('.', prefix.length()) > 0) {
                names.add(key.substring(prefix.length(), key.indexOf('.', prefix.length())));
            }
        }
        return List.copyOf(names);
    }

    /** All settings, sorted. */
    Map<String, String> all() {
        TreeMap<String, String> all = new TreeMap<>();
        properties.forEach(
                (key, value) -> all.put(key.toString(), value.toString().strip()));
        return all;
    }

    /** Fails where a key was never asked for. */
    void checkAllUsed() {
        if (!unused.isEmpty()) {
            throw new TrainingException(name + ": unknown setting " + unused.first());
        }
    }

    String name() {
        return name;
    }
}
