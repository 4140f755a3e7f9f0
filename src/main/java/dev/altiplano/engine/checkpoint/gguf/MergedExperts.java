package dev.altiplano.engine.checkpoint.gguf;

import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The matrices of a layer's experts, one below the other, as GGUF has them in one tensor of three dimensions.
 *
 * @param parts of equal shape and type, in the order of the experts
 */
record MergedExperts(String name, List<Tensor> parts) implements Tensor {

    private static final Pattern EXPERT = Pattern.compile("(blk\\.[0-9]+\\.ffn_(?:gate|up|down))\\.[0-9]+\\.weight");

    /** {@code tensors} with those of experts merged, in the place of the first of each; they come in the order of the experts' numbers. */
    static List<Tensor> merged(List<Tensor> tensors, int experts) {
        Map<String, List<Tensor>> groups = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            Matcher expert = EXPERT.matcher(tensor.name());
            String group = expert.matches() ? expert.group(1) + "_exps.weight" : tensor.name();
            groups.computeIfAbsent(group, key -> new ArrayList<>()).add(tensor);
        }
        List<Tensor> merged = new ArrayList<>();
        groups.forEach((name, group) -> {
            if (!name.endsWith("_exps.weight")) {
                merged.addAll(group);
                return;
            }
            group.sort((a, b) -> Integer.compare(number(a), number(b)));
            TensorType type = group.getFirst().type();
            if (group.size() != experts || group.stream().anyMatch(each -> each.type() != type)) {
                throw new IllegalArgumentException(name + " cannot be merged of " + group.size() + " tensors for "
                        + experts + " experts: all are needed, and of one type");
            }
            merged.add(new MergedExperts(name, List.copyOf(group)));
        });
        return merged;
    }

    private static int number(Tensor tensor) {
        return Integer.parseInt(tensor.name().split("\\.")[3]);
    }

    /** Rows of one expert. */
    int partRows() {
        return parts.getFirst().rows();
    }

    @Override
    public TensorType type() {
        return parts.getFirst().type();
    }

    @Override
    public int rows() {
        return Math.multiplyExact(partRows(), parts.size());
    }

    @Override
    public int columns() {
        return parts.getFirst().columns();
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        int done = 0;
        while (done < count) {
            int row = firstRow + done;
            int inPart = row % partRows();
            int readable = Math.min(count - done, partRows() - inPart);
            parts.get(row / partRows()).read(inPart, readable, target, targetOffset + done * rowBytes());
            done += readable;
        }
    }
}
