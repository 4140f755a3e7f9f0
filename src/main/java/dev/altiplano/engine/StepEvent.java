package dev.altiplano.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A step as Flight Recorder sees it, with its duration. The engine thread has one instance and uses it again for each step, so
 * that nothing is allocated, whether or not anybody records.
 */
@Name("dev.altiplano.Step")
@Label("Step")
@Description("One forward pass over prompt rows and generated rows, from scheduling to sampling")
@Category("Altiplano")
@StackTrace(false)
final class StepEvent extends Event {

    @Label("Prompt Rows")
    int promptRows;

    @Label("Generated Rows")
    int generatedRows;

    @Label("Sequences")
    @Description("Sequences that took part")
    int sequences;

    @Label("Requests Waiting")
    @Description("Requests in the queue after the step")
    int requestsWaiting;

    @Label("KV Blocks Used")
    @Description("KV blocks that running sequences hold during the step")
    int kvBlocksUsed;

    @Label("KV Blocks")
    @Description("KV blocks in the pool")
    int kvBlocks;

    @Label("Preemptions")
    @Description("Preempted sequences since the start")
    long preemptions;
}
