package dev.altiplano.engine.tokenizer.huggingface;

import dev.altiplano.engine.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object and where it stands; its getters check types, and name the place where they refuse.
 *
 * @param path file and keys
 */
record Tree(String path, Map<?, ?> values) {

    /** Whether the key is there and not null. */
    boolean has(String key) {
        return values.get(key) != null;
    }

    @Nullable
    Object value(String key) {
        return values.get(key);
    }

    Set<?> keys() {
        return values.keySet();
    }

    Tree object(String key) {
        return object(path + ": " + key, values.get(key));
    }

    /** The object under {@code key}, or null if there is none. */
    @Nullable
    Tree objectOrNull(String key) {
        return has(key) ? object(key) : null;
    }

    private Tree object(String where, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Tree(where, map);
        }
        throw new TokenizerException(where + " is " + describe(value) + ", expected an object");
    }

    List<?> list(String key) {
        if (values.get(key) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, "a list");
    }

    /** The objects of the list under {@code key}; none without the key. */
    List<Tree> objects(String key) {
        List<Tree> objects = new ArrayList<>();
        if (has(key)) {
            for (Object value : list(key)) {
                objects.add(object(path + ": " + key + "[" + objects.size() + "]", value));
            }
        }
        return objects;
    }

    String text(String key) {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw wrong(key, "a string");
    }

    /** The text under {@code key}, or {@code fallback} without the key. */
    String text(String key, String fallback) {
        return has(key) ? text(key) : fallback;
    }

    boolean flag(String key, boolean fallback) {
        if (!has(key)) {
            return fallback;
        }
        if (values.get(key) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false");
    }

    /** The id under {@code key}. */
    int id(String key) {
        return id(path + ": " + key, values.get(key));
    }

    private static int id(String where, @Nullable Object value) {
        if (value instanceof Long number && number >= 0 && number < Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw new TokenizerException(where + " is " + describe(value) + ", expected a token id");
    }

    /** The ids under a key that holds one id or a list of them; without the key none. */
    List<Integer> ids(String key) {
        List<Integer> ids = new ArrayList<>();
        if (has(key)) {
            if (values.get(key) instanceof List<?> list) {
                list.forEach(id -> ids.add(id(path + ": " + key, id)));
            } else {
                ids.add(id(key));
            }
        }
        return ids;
    }

    /** The type that the object says it is of. */
    String type() {
        return text("type");
    }

    TokenizerException refuse(String problem) {
        return new TokenizerException(path + ": " + problem);
    }

    private TokenizerException wrong(String key, String expected) {
        return new TokenizerException(
                path + ": " + key + " is " + describe(values.get(key)) + ", expected " + expected);
    }

    private static String describe(@Nullable Object value) {
        return switch (value) {
            case null -> "missing";
            case Map<?, ?> map -> "an object";
            case List<?> list -> "a list";
            case String text -> "'" + (text.length() > 60 ? text.substring(0, 57) + "..." : text) + "'";
            default -> value.toString();
        };
    }
}
