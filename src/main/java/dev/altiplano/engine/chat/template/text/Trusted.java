package dev.altiplano.engine.chat.template.text;

/** A text value in which control tokens may be spelled: not from the request, such as {@code bos_token} or a role's name. */
public record Trusted(String text) {}
