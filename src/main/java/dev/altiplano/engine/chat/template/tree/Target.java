package dev.altiplano.engine.chat.template.tree;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.value.Operators;
import dev.altiplano.engine.chat.template.value.Rendering;
import dev.altiplano.engine.chat.template.value.Values.Namespace;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What a value is assigned to. */
public sealed interface Target {

    void assign(Rendering rendering, Object value);

    record Name(String name) implements Target {
        @Override
        public void assign(Rendering rendering, Object value) {
            rendering.scope().set(name, value);
        }
    }

    /** {@code namespace.attribute}. */
    record NamespaceAttribute(String namespace, String attribute, int line, int column) implements Target {
        @Override
        public void assign(Rendering rendering, Object value) {
            if (!(rendering.scope().get(namespace) instanceof Namespace target)) {
                throw TemplateException.at(
                        line,
                        column,
                        "'" + namespace + "' is not a namespace: make it one with 'set " + namespace
                                + " = namespace(...)'");
            }
            rendering.spend(4);
            target.attributes().put(attribute, value);
        }
    }

    /** As many targets as the value has parts. */
    record Parts(List<Target> targets, int line, int column) implements Target {
        @Override
        public void assign(Rendering rendering, Object value) {
            List<Object> parts = new ArrayList<>();
            try {
                for (Iterator<Object> values = Operators.iterate(value);
                        values.hasNext() && parts.size() <= targets.size(); ) {
                    parts.add(values.next());
                }
            } catch (TemplateException e) {
                throw e.placed(line, column);
            }
            if (parts.size() != targets.size()) {
                throw TemplateException.at(
                        line,
                        column,
                        targets.size() + " names are set from a value of "
                                + (parts.size() > targets.size() ? "more" : "" + parts.size()) + " parts");
            }
            for (int i = 0; i < parts.size(); i++) {
                targets.get(i).assign(rendering, parts.get(i));
            }
        }
    }
}
