package dev.altiplano.engine.chat.template.value;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names set in one place (the template, one pass of a loop, one call of a macro) and what encloses it. */
public final class Scope {

    private static final int SEARCHED_ONE_BY_ONE = 8;

    private final @Nullable Scope parent;
    private String[] names = new String[2];
    private Object[] values = new Object[2];
    private int count;
    private @Nullable Map<String, Integer> index;

    public Scope(@Nullable Scope parent) {
        this.parent = parent;
    }

    public void set(String name, Object value) {
        int at = find(name);
        if (at >= 0) {
            values[at] = value;
            return;
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
        }
        names[count] = name;
        values[count++] = value;
        if (count > SEARCHED_ONE_BY_ONE) {
            index(name);
        }
    }

    private void index(String name) {
        if (index == null) {
            index = new HashMap<>();
            for (int i = 0; i < count; i++) {
                index.put(names[i], i);
            }
        }
        index.put(name, count - 1);
    }

    /** The value here or further out, or null. */
    @Nullable
    public Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            int at = scope.find(name);
            if (at >= 0) {
                return scope.values[at];
            }
        }
        return null;
    }

    private int find(String name) {
        if (index != null) {
            return index.getOrDefault(name, -1);
        }
        for (int i = 0; i < count; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
