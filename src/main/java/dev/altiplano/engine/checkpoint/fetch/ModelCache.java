package dev.altiplano.engine.checkpoint.fetch;

import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.fetch.HubListing.HubFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which models that were fetched are kept, each version in a folder of its own: what is complete is used again
 * without asking anybody, what is not is continued. Nothing is ever deleted from it.
 */
public final class ModelCache {

    private static final System.Logger LOG = System.getLogger(ModelCache.class.getName());
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern PART = Pattern.compile("(.*-)00001-of-(\\d{5})(\\.gguf)");
    private static final Pattern PART_PATH = Pattern.compile("(.*-)00001(-of-\\d{5}\\.gguf)");
    private static final Pattern PARAMETER = Pattern.compile("&");

    /** Parameters of presigned addresses. */
    private static final Pattern SIGNATURE = Pattern.compile(
            "x-(amz|goog)-.*|awsaccesskeyid|googleaccessid|signature|expires" + "|policy|key-pair-id|token");

    /** Those of Azure, which have such short names that they count only beside its signature. */
    private static final Set<String> AZURE = Set.of(
            "sig", "sv", "se", "st", "sp", "sr", "spr", "ss", "srt", "sip", "si", "sdd", "ses", "skoid", "sktid", "skt",
            "ske", "sks", "skv", "saoid", "suoid", "scid");

    private static final long PART_BYTES = 32L << 20;
    private static final long MAX_BYTES = 1L << 42;
    private static final int PARALLEL = 4;
    private static final int MAX_PARTS = 1000;

    private final Path folder;
    private final List<String> include;
    private final @Nullable String sha256;
    private final Map<String, String> environment;
    private final FetchNetwork network;

    /**
     * @param include glob patterns of the weights that are wanted of a hub's model; empty takes those that it needs
     * @param sha256 the sum of a single file; null trusts what comes over https
     * @param environment {@code HF_TOKEN}, and the way to servers as {@link FetchNetwork} says
     */
    public ModelCache(Path folder, List<String> include, @Nullable String sha256, Map<String, String> environment) {
        this.folder = folder;
        this.include = List.copyOf(include);
        this.sha256 = sha256;
        this.environment = Map.copyOf(environment);
        this.network = FetchNetwork.of(environment);
    }

    /**
     * The model's files, fetched where they are not here yet.
     *
     * @return the folder, or the GGUF file
     * @throws FetchException with what to change; what has come stays for the next try
     */
    public Path fetch(ModelAddress address, Progress progress) throws IOException, InterruptedException {
        // An interrupt breaks a virtual thread's wait for bytes, but not another's.
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Path> path = thread.submit(() -> fetched(address, progress));
            try {
                return path.get();
            } catch (ExecutionException e) {
                throw FetchTransfer.cause(e);
            } finally {
                path.cancel(true);
            }
        }
    }

    private Path fetched(ModelAddress address, Progress progress) throws IOException, InterruptedException {
        return switch (address) {
            case ModelAddress.Local(Path path) -> path;
            case ModelAddress.Remote(URI file) -> remote(file, progress);
            case ModelAddress.Hub(HubAddress model) -> hub(model, progress);
        };
    }

    private Path remote(URI address, Progress progress) throws IOException, InterruptedException {
        String name = FetchRequest.nameOf(address);
        if ("http".equalsIgnoreCase(address.getScheme()) && sha256 == null) {
            throw new FetchException(FetchRequest.shown(address)
                    + " is http, where anybody on the way can change the file: use https, or state the file's SHA-256");
        }
        String key = key(address, sha256);
        Path target = folder.resolve("files")
                .resolve(address.getHost())
                .resolve(Sha256.of(key).substring(0, 16));
        if (!FetchedNote.isComplete(target, key)) {
            List<String> names = parts(name);
            for (int i = 0; i < names.size(); i++) {
                int part = i;
                URI file = names.size() == 1 ? address : part(address, i + 1);
                new Fetch(
                                // A sum tells what somebody on the way has changed.
                                request(file, target, names.get(i), sha256, sha256 != null, null, true),
                                network,
                                // Parts are nearly of one length.
                                (done, total) -> progress.advanced(part * total + done, names.size() * total))
                        .run();
            }
            FetchedNote.of(key, target, names).write(target);
        }
        return target.resolve(name);
    }

    /**
     * What tells a file from others, without its secrets: the query counts by its hash, but for the signature, which is another
     * one each time. A file with a sum is told by that.
     */
    static String key(URI address, @Nullable String sha256) {
        if (sha256 != null) {
            return FetchRequest.shown(address) + " " + sha256;
        }
        String query = address.getRawQuery() == null ? "" : address.getRawQuery();
        boolean azure = PARAMETER
                .splitAsStream(query)
                .anyMatch(parameter -> nameIn(parameter).equals("sig"));
        String kept = PARAMETER
                .splitAsStream(query)
                .filter(parameter -> !parameter.isEmpty())
                .filter(parameter -> !SIGNATURE.matcher(nameIn(parameter)).matches())
                .filter(parameter -> !azure || !AZURE.contains(nameIn(parameter)))
                .collect(Collectors.joining("&"));
        return FetchRequest.shown(address) + (kept.isEmpty() ? "" : " ?" + Sha256.of(kept));
    }

    private static String nameIn(String parameter) {
        return parameter.replaceFirst("=.*", "").toLowerCase(Locale.ROOT);
    }

    /** The address of another part: its name there may be written with escapes. */
    static URI part(URI address, int number) {
        Matcher path = PART_PATH.matcher(address.getRawPath());
        if (!path.matches()) {
            throw new FetchException(FetchRequest.shown(address)
                    + " ends with the name of a part in escapes: write its digits as they are");
        }
        return URI.create(address.getScheme() + "://" + address.getRawAuthority()
                + path.group(1) + String.format(Locale.ROOT, "%05d", number) + path.group(2)
                + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery()));
    }

    private List<String> parts(String name) {
        Matcher matcher = PART.matcher(name);
        if (!matcher.matches()) {
            return List.of(name);
        }
        int count = Integer.parseInt(matcher.group(2));
        if (sha256 != null || count < 1 || count > MAX_PARTS) {
            throw new FetchException(name + " is one of " + count
                    + " parts, which have no common SHA-256: fetch them by the command, each with its own");
        }
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(String.format(
                    Locale.ROOT, "%s%05d-of-%s%s", matcher.group(1), i, matcher.group(2), matcher.group(3)));
        }
        return names;
    }

    private Path hub(HubAddress model, Progress progress) throws IOException, InterruptedException {
        Path home = folder.resolve("hub").resolve(model.owner()).resolve(model.name());
        Path known = home.resolve(Sha256.of(model.revision()).substring(0, 16) + ".commit");
        boolean fixed = COMMIT.matcher(model.revision()).matches();
        String before = fixed ? model.revision() : commit(known);
        boolean present = !before.isEmpty() && FetchedNote.isComplete(of(home, before), key(before));
        if (present && fixed) {
            return found(of(home, before));
        }
        String stated = environment.getOrDefault("HF_TOKEN", "").strip();
        HubFetch fetch = new HubFetch(
                model,
                include,
                request(
                        model.endpoint(),
                        home,
                        "model",
                        null,
                        model.allowsHttp(),
                        stated.isEmpty() ? null : stated,
                        !present),
                network);
        HubListing needed;
        try {
            needed = fetch.needed();
        } catch (FetchException e) {
            if (!present) {
                throw e;
            }
            LOG.log(
                    Level.WARNING,
                    "{0}; {1} is served as it was fetched before, commit {2}",
                    e.getMessage(),
                    model,
                    before);
            return found(of(home, before));
        }
        Path target = of(home, needed.commit());
        if (!FetchedNote.isComplete(target, key(needed.commit()))) {
            LOG.log(
                    Level.INFO,
                    "{0} is commit {1}: {2} files",
                    model,
                    needed.commit(),
                    needed.files().size());
            fetchAll(fetch, needed, target, progress);
        }
        Path fresh = Files.createTempFile(home, "commit", ".new");
        Files.writeString(fresh, needed.commit());
        Files.move(fresh, known, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return found(target);
    }

    /** Fetches the files of a listing one after the other, and notes that they are complete. */
    private void fetchAll(HubFetch fetch, HubListing needed, Path target, Progress progress)
            throws IOException, InterruptedException {
        long done = 0;
        long total = Math.max(1, needed.bytes());
        for (HubFile file : needed.files()) {
            long start = done;
            fetch.fetch(needed.commit(), file, target, (bytes, of) -> progress.advanced(start + bytes, total));
            done += Math.max(0, file.bytes());
            progress.advanced(Math.min(done, total), total);
        }
        FetchedNote.of(
                        key(needed.commit()),
                        target,
                        needed.files().stream().map(HubFile::path).toList())
                .write(target);
    }

    /** A commit's files; other weights of the same commit have another folder. */
    private Path of(Path home, String commit) {
        return home.resolve(
                include.isEmpty()
                        ? commit
                        : commit + "-" + Sha256.of(String.join("\n", include)).substring(0, 8));
    }

    private String key(String commit) {
        return (commit + " " + String.join(" ", include)).replaceAll("\\s", " ");
    }

    private static String commit(Path known) throws IOException {
        try {
            String commit = Files.readString(known).strip();
            return COMMIT.matcher(commit).matches() ? commit : "";
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** The folder, unless the model lies deeper: repositories keep GGUF files of many formats in folders of their own. */
    private static Path found(Path folder) throws IOException {
        try (var files = Files.walk(folder, 5)) {
            return files.filter(file -> file.toString().endsWith(".gguf"))
                    .sorted()
                    .findFirst()
                    .orElse(folder);
        }
    }

    private static FetchRequest request(
            URI address,
            Path target,
            String name,
            @Nullable String sha256,
            boolean allowHttp,
            @Nullable String token,
            boolean patient) {
        return new FetchRequest(
                address,
                target,
                name,
                sha256,
                allowHttp,
                token,
                MAX_BYTES,
                PARALLEL,
                PART_BYTES,
                patient ? 10 : 2,
                Duration.ofMillis(500),
                Duration.ofSeconds(patient ? 60 : 10));
    }
}
