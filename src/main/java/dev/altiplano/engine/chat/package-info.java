/**
 * Everything between chat messages and prompt tokens, and between generated text and tool calls. In come {@link
 * dev.altiplano.engine.chat.Message}s and a {@link dev.altiplano.engine.chat.ChatTemplate}, which gives a text that knows who
 * wrote which character; {@link dev.altiplano.engine.chat.PromptEncoder} makes ids of it in which nothing that a request brings
 * becomes a control token. On the way back {@link dev.altiplano.engine.chat.ToolCallParser} takes pieces of generated text and
 * gives content and calls as they come.
 *
 * <p>Values of JSON are plain Java: {@link java.util.Map} in the order of its keys, {@link java.util.List}, {@link String},
 * {@link Long}, {@link Double}, {@link Boolean}, null. Templates and encoders are immutable and serve any thread; a parser
 * belongs to one stream of text.
 */
@NullMarked
package dev.altiplano.engine.chat;

import org.jspecify.annotations.NullMarked;
