package dev.altiplano.engine.load;

import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.model.Adapter.Product;
import dev.altiplano.engine.model.Adapter.Projection;
import dev.altiplano.engine.model.Adapter.Site;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What an adapter adds, in 32 hexadecimal digits: every weight of it, as it lies in memory. */
final class AdapterDigest {

    private static final int BYTES = 16;

    private AdapterDigest() {}

    static String of(List<Map<Site, Product>> layers) {
        MessageDigest digest = ContentDigest.sha256();
        for (Map<Site, Product> layer : layers) {
            for (Site site : Site.values()) {
                Product product = layer.get(site);
                digest.update((byte) (product == null ? 0 : 1));
                if (product != null) {
                    add(digest, product.a(), "");
                    for (Projection each : product.projections()) {
                        add(
                                digest,
                                each.b(),
                                " from " + each.firstRank() + " to " + each.firstOutput() + " times " + each.scale());
                    }
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static void add(MessageDigest digest, PackedMatrix matrix, String place) {
        String shape = matrix.format() + " " + matrix.rows() + "x" + matrix.columns() + place;
        digest.update(shape.getBytes(StandardCharsets.UTF_8));
        digest.update(matrix.data().asByteBuffer());
    }
}
