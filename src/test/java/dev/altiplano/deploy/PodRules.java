package dev.altiplano.deploy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules about pods that no type expresses: what must fit together, and the restricted pod security standard. */
final class PodRules {
    private static final Set<String> RESTRICTED_VOLUMES = Set.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");

    private PodRules() {}

    /** What is wrong with a pod's {@code spec}. */
    static List<String> problems(Map<String, Object> spec, boolean hostPathAllowed) {
        List<String> problems = new ArrayList<>();
        Set<String> volumes = new HashSet<>();
        for (Map<String, Object> volume : Tree.maps(spec, "volumes")) {
            if (!volumes.add(Tree.text(volume, "name"))) {
                problems.add("two volumes " + volume.get("name"));
            }
            for (String key : volume.keySet()) {
                if (!key.equals("name")
                        && !RESTRICTED_VOLUMES.contains(key)
                        && !(hostPathAllowed && key.equals("hostPath"))) {
                    problems.add(
                            "volume " + volume.get("name") + " is a " + key + ", which restricted pods may not have");
                }
            }
        }
        expect(problems, Boolean.TRUE, spec, "securityContext.runAsNonRoot");
        expect(problems, "RuntimeDefault", spec, "securityContext.seccompProfile.type");
        expect(problems, Boolean.FALSE, spec, "automountServiceAccountToken");
        List<Map<String, Object>> containers = new ArrayList<>(Tree.maps(spec, "initContainers"));
        containers.addAll(Tree.maps(spec, "containers"));
        Set<String> names = new HashSet<>();
        for (Map<String, Object> container : containers) {
            String name = Tree.text(container, "name");
            if (!names.add(name)) {
                problems.add("two containers " + name);
            }
            ofContainer(container, volumes).forEach(problem -> problems.add(name + ": " + problem));
        }
        return problems;
    }

    private static List<String> ofContainer(Map<String, Object> container, Set<String> volumes) {
        List<String> problems = new ArrayList<>();
        expect(problems, Boolean.FALSE, container, "securityContext.allowPrivilegeEscalation");
        expect(problems, Boolean.TRUE, container, "securityContext.readOnlyRootFilesystem");
        expect(problems, List.of("ALL"), container, "securityContext.capabilities.drop");
        if (Tree.at(container, "resources.limits.memory") == null
                || Tree.at(container, "resources.requests.memory") == null) {
            problems.add("memory has no request or no limit");
        }
        Set<String> paths = new HashSet<>();
        for (Map<String, Object> mount : Tree.maps(container, "volumeMounts")) {
            if (!volumes.contains(Tree.text(mount, "name"))) {
                problems.add("mounts volume " + mount.get("name") + ", which the pod does not have");
            }
            if (!paths.add(Tree.text(mount, "mountPath"))) {
                problems.add("mounts two volumes at " + mount.get("mountPath"));
            }
        }
        Set<String> variables = new HashSet<>();
        for (Map<String, Object> variable : Tree.maps(container, "env")) {
            if (!variables.add(Tree.text(variable, "name"))) {
                problems.add("sets " + variable.get("name") + " twice");
            }
        }
        Set<Object> ports = new HashSet<>();
        Tree.maps(container, "ports").forEach(port -> ports.add(port.get("name")));
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            Object port = Tree.at(container, probe + ".httpGet.port");
            if (port != null && !ports.contains(port)) {
                problems.add(probe + " asks port " + port + ", which the container does not have");
            }
        }
        return problems;
    }

    private static void expect(List<String> problems, Object wanted, Object node, String path) {
        Object found = Tree.at(node, path);
        if (!wanted.equals(found)) {
            problems.add(path + " is " + found + ", restricted pods need " + wanted);
        }
    }
}
