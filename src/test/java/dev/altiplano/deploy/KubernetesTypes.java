package dev.altiplano.deploy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Says what an API server would refuse in an object: unknown fields and wrong types. The types are those of a Kubernetes
 * client for Kubernetes' own kinds, and JSON schemas under {@code deploy/schemas} for kinds that operators define.
 */
final class KubernetesTypes {
    private static final String MODEL = "io.fabric8.kubernetes.api.model.";
    private static final Map<String, String> OWN = Map.ofEntries(
            Map.entry("v1/Service", "Service"),
            Map.entry("v1/ServiceAccount", "ServiceAccount"),
            Map.entry("v1/ConfigMap", "ConfigMap"),
            Map.entry("v1/Secret", "Secret"),
            Map.entry("v1/Pod", "Pod"),
            Map.entry("v1/PersistentVolumeClaim", "PersistentVolumeClaim"),
            Map.entry("apps/v1/Deployment", "apps.Deployment"),
            Map.entry("policy/v1/PodDisruptionBudget", "policy.v1.PodDisruptionBudget"),
            Map.entry("autoscaling/v2/HorizontalPodAutoscaler", "autoscaling.v2.HorizontalPodAutoscaler"),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", "networking.v1.NetworkPolicy"),
            Map.entry("networking.k8s.io/v1/Ingress", "networking.v1.Ingress"),
            Map.entry("gateway.networking.k8s.io/v1/HTTPRoute", "gatewayapi.v1.HTTPRoute"));

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .annotationIntrospector(new NoRoomForUnknownFields())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, config -> {
                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
            .build();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDialect(Dialects.getDraft202012());
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private KubernetesTypes() {}

    /** What is wrong with {@code object}; empty where nothing is. */
    static List<String> problems(Map<String, Object> object) {
        String type = object.get("apiVersion") + "/" + object.get("kind");
        String json = MAPPER.writeValueAsString(object);
        String own = OWN.get(type);
        if (own == null) {
            return SCHEMAS.computeIfAbsent(type, KubernetesTypes::schema).validate(json, InputFormat.JSON).stream()
                    .map(error -> type + error)
                    .toList();
        }
        try {
            MAPPER.readValue(json, Class.forName(MODEL + own));
            return List.of();
        } catch (JacksonException e) {
            return List.of(type + ": " + e.getMessage());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Schema schema(String type) {
        Path file = Path.of("src/test/resources/deploy/schemas", type.replace('/', '_') + ".json");
        try {
            return REGISTRY.getSchema(Files.readString(file), InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException("no strict schema for " + type + ": write " + file, e);
        }
    }

    /** The client keeps unknown fields aside; here they are refused. */
    private static final class NoRoomForUnknownFields extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
            return false;
        }
    }
}
