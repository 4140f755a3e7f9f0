package dev.altiplano.tool;

import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.fetch.FetchException;
import dev.altiplano.engine.tokenizer.TokenizerException;
import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.tool.bench.BenchCommand;
import dev.altiplano.tool.console.ToolException;
import dev.altiplano.tool.convert.MergeCommand;
import dev.altiplano.tool.convert.QuantizeCommand;
import dev.altiplano.tool.convert.VerifyCommand;
import dev.altiplano.tool.doctor.DoctorCommand;
import dev.altiplano.tool.eval.EvalCommand;
import dev.altiplano.tool.fetch.FetchCommand;
import dev.altiplano.tool.probe.ProbeCommand;
import dev.altiplano.tool.replay.ReplayCommand;
import dev.altiplano.tool.train.CorpusCommand;
import dev.altiplano.tool.train.FinetuneCommand;
import dev.altiplano.tool.train.TrainCommand;
import dev.altiplano.training.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command that holds all others. */
@Command(
        name = "altiplano",
        description = "Serves LLaMA. Without a command it starts the service; the commands work on model files.",
        subcommands = {
            VerifyCommand.class,
            MergeCommand.class,
            QuantizeCommand.class,
            BenchCommand.class,
            TrainCommand.class,
            FinetuneCommand.class,
            CorpusCommand.class,
            EvalCommand.class,
            FetchCommand.class,
            DoctorCommand.class,
            ProbeCommand.class,
            ReplayCommand.class,
            CommandLine.HelpCommand.class
        },
        versionProvider = AltiplanoCommand.Version.class,
        mixinStandardHelpOptions = true)
final class AltiplanoCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    static CommandLine commandLine() {
        return new CommandLine(new AltiplanoCommand())
                .setExecutionExceptionHandler(AltiplanoCommand::report)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** One line for what a user can act upon; a stack trace for what is our fault. */
    private static int report(Exception e, CommandLine command, ParseResult parsed) {
        String name = command.getCommandSpec().qualifiedName();
        switch (e) {
            case ModelException wrong -> command.getErr().println(name + ": " + message(wrong));
            case CheckpointException wrong -> command.getErr().println(name + ": " + message(wrong));
            case TokenizerException wrong -> command.getErr().println(name + ": " + message(wrong));
            case EvaluationException wrong -> command.getErr().println(name + ": " + message(wrong));
            case TrainingException wrong -> command.getErr().println(name + ": " + message(wrong));
            case ToolException wrong -> command.getErr().println(name + ": " + message(wrong));
            case FetchException wrong -> command.getErr().println(name + ": " + message(wrong));
            case IOException failed -> command.getErr().println(name + ": " + reason(failed));
            default -> {
                command.getErr().println(name + " failed:");
                e.printStackTrace(command.getErr());
            }
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** A message that quotes what the system said, without the class that said it. */
    private static String message(Exception e) {
        String message = String.valueOf(e.getMessage());
        return e.getCause() instanceof IOException quoted
                ? message.replace(quoted.toString(), reason(quoted))
                : message;
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + ": there is no such file";
            case AccessDeniedException denied -> denied.getFile() + ": there is no permission";
            default -> {
                String message = e.getMessage();
                yield message == null || message.isEmpty() ? e.getClass().getSimpleName() : message;
            }
        };
    }

    /** The version that the build left among the classes. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties build = new Properties();
            try (InputStream in = AltiplanoCommand.class.getResourceAsStream("/META-INF/build-info.properties")) {
                if (in != null) {
                    build.load(in);
                }
            }
            return new String[] {"Altiplano " + build.getProperty("build.version", "(not packaged)")};
        }
    }
}
