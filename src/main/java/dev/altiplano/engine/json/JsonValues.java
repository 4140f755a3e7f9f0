package dev.altiplano.engine.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a reader makes of JSON: one method for each kind of value. A method may refuse a value with {@link IllegalArgumentException},
 * whose message then tells what is wrong.
 *
 * @param <V> the values
 */
public interface JsonValues<V extends @Nullable Object> {

    /** An object; its keys in the order in which they came. */
    V object(Map<String, V> members);

    V list(List<V> elements);

    V string(String text);

    /** @param written the number as it stands in the text, a valid one */
    V number(String written);

    V bool(boolean value);

    V nothing();

    /**
     * A value begins: the place to bound work and depth.
     *
     * @param depth objects and lists around it, itself included if it is one
     */
    void begin(int depth);
}
