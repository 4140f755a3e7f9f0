package dev.altiplano.evaluation.taskfile;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Notes the lines of the settings in a document of YAML; each node once, however many aliases name it. */
final class LineFinder {

    private final String file;
    private final Map<String, String> lines;
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Adds to {@code lines} what {@link Lines} holds. */
    LineFinder(String file, Map<String, String> lines) {
        this.file = file;
        this.lines = lines;
    }

    void visit(Node document) {
        visit(document, "");
    }

    private void visit(Node node, String path) {
        if (!seen.add(node)) {
            return;
        }
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple entry : mapping.getValue()) {
                    if (entry.getKeyNode() instanceof ScalarNode key) {
                        String inside = Lines.path(path, key.getValue());
                        note(inside, key);
                        visit(entry.getValueNode(), inside);
                    }
                }
            }
            case SequenceNode sequence -> {
                for (int i = 0; i < sequence.getValue().size(); i++) {
                    String inside = path + "[" + i + "]";
                    note(inside, sequence.getValue().get(i));
                    visit(sequence.getValue().get(i), inside);
                }
            }
            default -> {}
        }
    }

    private void note(String path, Node node) {
        lines.put(path, file + ", line " + (node.getStartMark().getLine() + 1));
    }
}
