package dev.altiplano.engine.run;

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
public final class StepEvent extends Event {

    @Label("Prompt Rows")
    public int promptRows;

    @Label("Generated Rows")
    public int generatedRows;

    @Label("Sequences")
    @Description("Sequences that took part")
    public int sequences;

    @Label("Requests Waiting")
    @Description("Requests in the queue after the step")
    public int requestsWaiting;

    @Label("KV Blocks Used")
    @Description("KV blocks that running sequences hold during the step")
    public int kvBlocksUsed;

    @Label("KV Blocks")
    @Description("KV blocks in the pool")
    public int kvBlocks;

    @Label("Preemptions")
    @Description("Preempted sequences since the start")
    public long preemptions;
}
