package dev.altiplano.tool;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Set;

/** Tells commands from the arguments of the service, and runs them. Loads nothing until a command is run. */
public final class Commands {

    private static final Set<String> OPTIONS = Set.of("--help", "-h", "--version", "-V");

    private Commands() {}

    /** Whether the arguments ask for a command: settings of the service begin with a dash, commands do not. */
    public static boolean isCommand(String... arguments) {
        return arguments.length > 0 && (!arguments[0].startsWith("-") || OPTIONS.contains(arguments[0]));
    }

    /** Runs the command that the arguments name, and returns the process's exit code. */
    public static int run(String... arguments) {
        return run(writer(System.out), writer(System.err), arguments);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
    }

    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return AltiplanoCommand.commandLine().setOut(out).setErr(err).execute(arguments);
    }
}
