package dev.altiplano.engine.chat.template.syntax;

import dev.altiplano.engine.chat.template.text.TemplateException;
import java.util.ArrayList;
import java.util.List;

/** Filters and tests of a template that there are not. As in Jinja, those under a condition are an error only where they are reached. */
final class UnknownNames {

    /** Those that nothing makes optional so far, in the order in which they stand. */
    private final List<TemplateException> required = new ArrayList<>();

    /** Notes the name at {@code token}; returns what rendering fails with where it is reached. */
    TemplateException note(Token token, String reason) {
        required.add(token.wrong(reason));
        return TemplateException.of(reason);
    }

    /** How many are required so far. */
    int count() {
        return required.size();
    }

    /** Leaves those that came after the first {@code kept} to whoever renders: they stand under a condition. */
    void forgive(int kept) {
        required.subList(kept, required.size()).clear();
    }

    /** Refuses the first one that is required. */
    void refuse() {
        if (!required.isEmpty()) {
            throw required.getFirst();
        }
    }
}
