package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.adapter.AdapterFile;
import dev.altiplano.engine.checkpoint.adapter.LowRank;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.kernel.quant.BlockReader;
import dev.altiplano.engine.kernel.quant.Packer;
import dev.altiplano.engine.model.Adapter;
import dev.altiplano.engine.model.Adapter.Product;
import dev.altiplano.engine.model.Adapter.Projection;
import dev.altiplano.engine.model.Adapter.Site;
import dev.altiplano.engine.model.Models;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Brings LoRA adapters into memory, as exact as they are stored, in the layout of the kernels. Owns the mappings of their files until it is closed. */
final class AdapterLoader implements AutoCloseable {

    private final Checkpoint base;
    private final Arena mappings = Arena.ofShared();
    private final Map<String, AdapterFile> files = new LinkedHashMap<>();

    /** Opens and checks all adapters of {@code base}; reads headers alone. */
    AdapterLoader(Checkpoint base, Map<String, Path> adapters) {
        this.base = base;
        try {
            adapters.forEach((name, path) -> files.put(name, checked(Adapters.open(path, base, mappings))));
        } catch (RuntimeException | Error e) {
            mappings.close();
            throw e;
        }
    }

    /** An adapter all of whose parts are computed beside the model. */
    private static AdapterFile checked(AdapterFile file) {
        for (String target : file.parts().sequencedKeySet()) {
            String name = target.replaceFirst("^blk\\.[0-9]+\\.", "").replaceFirst("\\.weight$", "");
            if (Arrays.stream(Site.values()).noneMatch(site -> projections(site).contains(name))) {
                throw new CheckpointException(
                        file.path(),
                        "changes " + target + ", which is not computed beside the model: merge the adapter into it"
                                + " (merge --adapter)");
            }
        }
        return file;
    }

    /** Bytes that all of them will take, with what is needed to compute {@code maxRows} rows of a step. */
    long bytes(int maxRows, int reservedRanks) {
        return weightBytes()
                + Models.adapterScratchBytes(base.hyperparameters(), Math.max(ranks(), reservedRanks), maxRows);
    }

    /** The most ranks of a product of a layer. */
    int ranks() {
        int ranks = 0;
        for (AdapterFile file : files.values()) {
            for (int layer = 0; layer < base.hyperparameters().layers(); layer++) {
                for (Site site : Site.values()) {
                    ranks = Math.max(ranks, parts(file, layer, site).ranks);
                }
            }
        }
        return ranks;
    }

    /** Bytes that all of them will take. */
    long weightBytes() {
        long bytes = 0;
        Hyperparameters h = base.hyperparameters();
        for (AdapterFile file : files.values()) {
            for (int layer = 0; layer < h.layers(); layer++) {
                for (Site site : Site.values()) {
                    Parts parts = parts(file, layer, site);
                    if (parts.ranks > 0) {
                        bytes += parts.bytes();
                    }
                }
            }
        }
        return bytes;
    }

    /** All adapters, packed into memory that {@code arena} owns; throws {@link CheckpointException} where a weight is not finite. */
    List<Adapter> load(WorkerPool workers, Arena arena) {
        List<Adapter> adapters = new ArrayList<>();
        files.forEach((name, file) -> {
            List<Map<Site, Product>> layers = new ArrayList<>();
            for (int layer = 0; layer < base.hyperparameters().layers(); layer++) {
                Map<Site, Product> products = new EnumMap<>(Site.class);
                for (Site site : Site.values()) {
                    Parts parts = parts(file, layer, site);
                    if (parts.ranks > 0) {
                        products.put(site, product(file.path(), parts, workers, arena));
                    }
                }
                layers.add(products);
            }
            adapters.add(new Adapter(name, AdapterDigest.of(layers), layers));
        });
        return adapters;
    }

    @Override
    public void close() {
        mappings.close();
    }

    /** A projection's part of a site's matrices: its rows of the output begin at {@code output}, its ranks at {@code rank}. */
    private record Placed(LowRank part, int output, int rank) {}

    private record Parts(List<Placed> placed, int ranks, int inputs, int outputs) {

        /** All A are one matrix: in their format if they have the same. */
        WeightFormat formatOfA() {
            List<WeightFormat> formats =
                    placed.stream().map(each -> held(each.part.a())).distinct().toList();
            return formats.size() == 1 ? formats.getFirst() : WeightFormat.F32;
        }

        long bytes() {
            long bytes = PackedLayout.bytes(formatOfA(), ranks, inputs);
            for (Placed each : placed) {
                Tensor b = each.part.b();
                bytes += PackedLayout.bytes(held(b), b.rows(), b.columns());
            }
            return bytes;
        }
    }

    /** The format that holds a matrix of an adapter exactly. */
    private static WeightFormat held(Tensor tensor) {
        return switch (tensor.type()) {
            case F16 -> WeightFormat.F16;
            case BF16 -> WeightFormat.BF16;
            default -> WeightFormat.F32;
        };
    }

    private Parts parts(AdapterFile file, int layer, Site site) {
        Hyperparameters h = base.hyperparameters();
        List<Placed> placed = new ArrayList<>();
        int ranks = 0;
        int output = 0;
        int inputs = 0;
        List<String> names = projections(site);
        for (String name : names) {
            LowRank part = file.parts().get("blk." + layer + "." + name + ".weight");
            if (part != null) {
                placed.add(new Placed(part, output, ranks));
                ranks += part.rank();
                inputs = part.a().columns();
            }
            output += switch (name) {
                case "attn_q" -> h.heads() * h.headDim();
                case "attn_k", "attn_v" -> h.kvHeads() * h.headDim();
                case "ffn_gate", "ffn_up" -> h.intermediateSize();
                default -> h.hiddenSize();
            };
        }
        return new Parts(placed, ranks, inputs, output);
    }

    private static List<String> projections(Site site) {
        return switch (site) {
            case QKV -> List.of("attn_q", "attn_k", "attn_v");
            case ATTENTION_OUTPUT -> List.of("attn_output");
            case GATE_UP -> List.of("ffn_gate", "ffn_up");
            case DOWN -> List.of("ffn_down");
        };
    }

    private static Product product(Path file, Parts parts, WorkerPool workers, Arena arena) {
        float[] a = new float[Math.multiplyExact(parts.ranks, parts.inputs)];
        List<Projection> projections = new ArrayList<>();
        for (Placed placed : parts.placed) {
            LowRank part = placed.part;
            float[] own = values(file, part.a());
            System.arraycopy(own, 0, a, placed.rank * parts.inputs, own.length);
            PackedMatrix b = pack(values(file, part.b()), part.b().rows(), part.rank(), held(part.b()), workers, arena);
            projections.add(new Projection(b, part.scale(), placed.rank, placed.output));
        }
        PackedMatrix packed = pack(a, parts.ranks, parts.inputs, parts.formatOfA(), workers, arena);
        return new Product(packed, projections, parts.outputs);
    }

    private static PackedMatrix pack(
            float[] values, int rows, int columns, WeightFormat format, WorkerPool workers, Arena arena) {
        return Packer.pack(
                (first, count, target) -> MemorySegment.copy(
                        values, first * columns, target, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, count * columns),
                rows,
                columns,
                WeightFormat.F32,
                format,
                workers,
                arena);
    }

    private static float[] values(Path file, Tensor tensor) {
        float[] values = new float[Math.multiplyExact(tensor.rows(), tensor.columns())];
        byte[] row = new byte[Math.toIntExact(tensor.rowBytes())];
        WeightFormat format = WeightFormat.valueOf(tensor.type().name());
        for (int i = 0; i < tensor.rows(); i++) {
            tensor.read(i, 1, MemorySegment.ofArray(row), 0);
            BlockReader.dequantize(format, row, 0, values, i * tensor.columns(), tensor.columns());
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new CheckpointException(file, tensor.name() + " holds " + value + ": the adapter is damaged");
            }
        }
        return values;
    }
}
