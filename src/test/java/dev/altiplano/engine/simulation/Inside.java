package dev.altiplano.engine.simulation;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads private fields: the simulation looks into what it watches, which has no doors for that. */
final class Inside {

    private static final ClassValue<Map<String, Field>> FIELDS = new ClassValue<>() {
        @Override
        protected Map<String, Field> computeValue(Class<?> type) {
            return new ConcurrentHashMap<>();
        }
    };

    private Inside() {}

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller knows what the field holds
    static <T> T of(Object object, String name) {
        try {
            return (T) field(object.getClass(), name).get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field field(Class<?> type, String name) {
        Map<String, Field> fields = FIELDS.get(type);
        Field field = fields.get(name);
        return field != null ? field : fields.computeIfAbsent(name, missing -> find(type, missing));
    }

    private static Field find(Class<?> type, String name) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new IllegalStateException(type + " has no field called " + name);
    }
}
