package dev.altiplano.server.config;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.context.ApplicationListener;

/**
 * Stops a start that was told something nobody will read: an argument that is no setting, or a variable of the environment with a name
 * like those of ours that is none of them. Misspelt names elsewhere are refused when the settings are bound.
 */
final class UnknownSettings implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

    private static final String PREFIX = "ALTIPLANO_";
    /** What Kubernetes adds for services with such a name. */
    private static final Pattern OF_OTHERS =
            Pattern.compile("ALTIPLANO_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_[0-9]+_.*)?)");
    /** The number behind the name of a list. */
    private static final Pattern INDEX = Pattern.compile("_[0-9]+_?$");

    private static final int SIMILAR = 3;

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        requireSettings(event.getArgs());
        requireKnown(event.getEnvironment().getSystemEnvironment().keySet());
    }

    static void requireSettings(String... arguments) {
        for (String argument : arguments) {
            if (argument.startsWith("-D")) {
                throw new InvalidSettingException(
                        argument, "an argument of the service", "before -jar: it is for Java");
            }
            if (!argument.startsWith("--")) {
                String name = argument.startsWith("-") ? "-" + argument : "--altiplano.model.path=" + argument;
                throw new InvalidSettingException(
                        "argument", argument, "a setting with two dashes; write " + name + " if that is meant");
            }
            requireNoGroup(argument);
        }
    }

    /** A value for a group of settings, such as {@code --altiplano.engine=5}, is bound to none of them. */
    private static void requireNoGroup(String argument) {
        int end = argument.indexOf('=');
        String name = end < 0 ? argument : argument.substring(0, end);
        String group = variable(name.substring(2)) + "_";
        if (variables().keySet().stream().anyMatch(each -> each.startsWith(group))) {
            String value = end < 0 ? "" : argument.substring(end + 1);
            throw new InvalidSettingException(name, value, "settings of their own, each behind a dot and its name");
        }
    }

    static void requireKnown(Collection<String> variables) {
        Set<String> known = variables().keySet();
        for (String variable : new TreeSet<>(variables)) {
            String name = variable.toUpperCase(Locale.ROOT);
            if (!name.startsWith(PREFIX) || OF_OTHERS.matcher(name).matches() || isEntry(name)) {
                continue;
            }
            String bare = INDEX.matcher(name).replaceFirst("");
            if (known.stream()
                    .noneMatch(each ->
                            each.equals(bare) || dashed(each).equals(dashed(bare)) && each.startsWith(room(bare)))) {
                throw isNone(variable, "set in the environment", nearest(bare, known));
            }
        }
    }

    /** What to say of a property that is no setting: {@code altiplano.modle.path}. */
    static InvalidSettingException isNone(String property, @Nullable Object value) {
        Map<String, String> known = variables();
        String similar = nearest(variable(property), known.keySet());
        return isNone(property, value, similar == null ? null : known.get(similar));
    }

    private static InvalidSettingException isNone(String name, @Nullable Object value, @Nullable String similar) {
        return new InvalidSettingException(
                name, value, "the name of a setting; it is none" + (similar == null ? "" : ", " + similar + " is"));
    }

    /** {@code ALTIPLANO_MODEL_PATH} and all the others, each with the property that it is. */
    private static Map<String, String> variables() {
        Map<String, String> names = new TreeMap<>();
        for (RecordComponent room : AltiplanoProperties.class.getRecordComponents()) {
            if (room.getType().isRecord()) {
                collect(room.getType(), "altiplano." + DataObjectPropertyName.toDashedForm(room.getName()), names);
            }
        }
        return names;
    }

    private static void collect(Class<?> room, String prefix, Map<String, String> names) {
        for (RecordComponent setting : room.getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(setting.getName());
            if (setting.getType().isRecord() && setting.getType() != ByteSize.class) {
                collect(setting.getType(), name, names);
            } else {
                names.put(variable(name), name);
            }
        }
    }

    /** The variable of the environment that stands for a property. */
    static String variable(String property) {
        return property.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether a variable names an entry of a map, whose keys are the user's: {@code ALTIPLANO_ADAPTERS_LEGAL}. */
    private static boolean isEntry(String variable) {
        for (RecordComponent room : AltiplanoProperties.class.getRecordComponents()) {
            String prefix = (PREFIX + room.getName() + "_").toUpperCase(Locale.ROOT);
            if (!room.getType().isRecord() && variable.startsWith(prefix) && variable.length() > prefix.length()) {
                return true;
            }
        }
        return false;
    }

    /** Dashes may be written as underscores too: {@code ALTIPLANO_MODEL_PACKED_CACHE}. */
    private static String dashed(String name) {
        return name.replace("_", "");
    }

    /** {@code ALTIPLANO_MODEL_}: a name that is run together with its room is another one. */
    private static String room(String name) {
        int end = name.indexOf('_', PREFIX.length());
        return name.substring(0, end < 0 ? name.length() : end + 1);
    }

    private static @Nullable String nearest(String name, Collection<String> known) {
        List<String> byDistance = known.stream()
                .sorted(Comparator.comparingInt(each -> distance(name, each)))
                .toList();
        return Optional.of(byDistance.getFirst())
                .filter(each -> distance(name, each) <= SIMILAR)
                .orElse(null);
    }

    /** Letters to insert, delete or replace: Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
