package dev.altiplano.engine.load;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.model.Adapter;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;

/**
 * An adapter that came while the engine was running, in memory of its own.
 *
 * @param bytes what it takes
 * @param arena owns the memory; closed by whoever takes the adapter from the engine
 */
public record LateAdapter(Adapter adapter, long bytes, Arena arena) {

    /**
     * Reads an adapter for the model of {@code options}, whose files must still be where they were, in the calling thread.
     *
     * @param freeBytes what it may take
     * @throws InvalidRequestException where its rank or its size is beyond the room that is kept
     * @throws ModelException where the files are no adapter of the model
     */
    @SuppressWarnings("MustBeClosedChecker") // the adapter that is returned owns the arena
    public static LateAdapter load(EngineOptions.Model options, String name, Path path, long freeBytes) {
        Arena arena = Arena.ofShared();
        boolean loaded = false;
        try (Checkpoint base = Checkpoints.open(options.path());
                AdapterLoader loader = new AdapterLoader(base, Map.of(name, path));
                WorkerPool alone = new WorkerPool(1)) {
            int ranks = options.adapterRoom().ranksOfAProduct();
            if (loader.ranks() > ranks) {
                throw new InvalidRequestException(
                        "lora_path",
                        "adapter_too_large",
                        name + " has " + loader.ranks() + " ranks in a product of a layer, and room is kept for "
                                + ranks + ", three times altiplano.adapter-route.max-rank");
            }
            long bytes = loader.weightBytes();
            if (bytes > freeBytes) {
                throw new InvalidRequestException(
                        "lora_path",
                        "adapter_too_large",
                        name + " takes " + bytes + " bytes, and " + freeBytes
                                + " are free: unload another, or raise altiplano.adapter-route.memory");
            }
            LateAdapter late = new LateAdapter(loader.load(alone, arena).getFirst(), bytes, arena);
            loaded = true;
            return late;
        } catch (CheckpointException e) {
            throw new ModelException(String.valueOf(e.getMessage()), e);
        } catch (InternalError e) {
            throw VanishedPages.of(path, e);
        } finally {
            if (!loaded) {
                arena.close();
            }
        }
    }
}
