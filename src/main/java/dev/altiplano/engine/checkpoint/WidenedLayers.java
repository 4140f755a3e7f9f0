package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.SpreadTensor;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Layers of different widths as layers of one width that compute the same: what a layer lacks is zero, and a key head that more query
 * heads share than elsewhere is repeated. Zeros add nothing to a sum, and a repeated head gives each of its queries what it gave before.
 */
public final class WidenedLayers {

    private final Path file;
    private final LayerWidths wide;
    private final int headDim;

    private WidenedLayers(Path file, LayerWidths wide, int headDim) {
        this.file = file;
        this.wide = wide;
        this.headDim = headDim;
    }

    /**
     * The tensors of a model of one width.
     *
     * @param file where they are, for errors
     * @param tensors by GGUF name, of layers that are as {@code layers} says
     * @param headDim width of one head, the same in all layers
     */
    public static SequencedMap<String, Tensor> of(
            Path file, SequencedMap<String, Tensor> tensors, List<LayerWidths> layers, int headDim) {
        WidenedLayers widened = new WidenedLayers(file, LayerWidths.holding(layers), headDim);
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            String[] parts = name.split("\\.");
            boolean ofLayer = parts.length > 3 && parts[0].equals("blk");
            all.put(name, ofLayer ? widened.tensor(tensor, parts[2], layers.get(Integer.parseInt(parts[1]))) : tensor);
        });
        return all;
    }

    private Tensor tensor(Tensor tensor, String site, LayerWidths layer) {
        return switch (site) {
            case "attn_q" -> outputs(tensor, places(layer.heads(), wide.heads()), headDim);
            case "attn_k", "attn_v" -> outputs(tensor, keyHeads(layer), headDim);
            case "attn_output" -> inputs(tensor, wide.heads() * headDim);
            case "ffn_gate", "ffn_up" -> outputs(tensor, places(layer.intermediateSize(), wide.intermediateSize()), 1);
            case "ffn_down" -> inputs(tensor, wide.intermediateSize());
            default -> tensor;
        };
    }

    /** A matrix's rows, or a bias's elements, in units of {@code unit}. */
    private static Tensor outputs(Tensor tensor, int[] sources, int unit) {
        boolean bias = tensor.name().endsWith(".bias");
        return bias ? SpreadTensor.columns(tensor, sources, unit) : SpreadTensor.rows(tensor, sources, unit);
    }

    /** A matrix with zeros after its columns; a bias of the output is as wide everywhere. */
    private Tensor inputs(Tensor tensor, int columns) {
        if (tensor.name().endsWith(".bias")) {
            return tensor;
        }
        int block = tensor.type().elements();
        if (columns % block != 0) {
            throw new CheckpointException(
                    file,
                    tensor.name() + " is " + tensor.type() + " in blocks of " + block + ", but the widest layer has "
                            + columns + " columns, which are not whole blocks: convert the model to F16");
        }
        return SpreadTensor.columns(tensor, places(tensor.columns() / block, columns / block), block);
    }

    /** Each where it was, and nothing after. */
    private static int[] places(int count, int wide) {
        int[] sources = new int[wide];
        for (int i = 0; i < wide; i++) {
            sources[i] = i < count ? i : SpreadTensor.NOTHING;
        }
        return sources;
    }

    /** For each key head of the wide layer, that of its queries before. */
    private int[] keyHeads(LayerWidths layer) {
        int[] sources = new int[wide.kvHeads()];
        for (int i = 0; i < sources.length; i++) {
            int query = i * wide.group();
            sources[i] = query < layer.heads() ? query / layer.group() : SpreadTensor.NOTHING;
        }
        return sources;
    }
}
