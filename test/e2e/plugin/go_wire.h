/*
 * The bytes that mosquitto-go-auth, a Go program, sends and understands. Text in, text out: no I/O, no broker.
 */
#ifndef GO_WIRE_H
#define GO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What a check comes to. ERROR is neither of the others: the broker ends the client's connection. */
enum outcome { DENY, ALLOW, ERROR };

/* One member of a request. Whoever makes a list of them keeps it sorted by name, as Go's encoders do. */
struct field {
  const char *name;
  const char *value;
  bool is_number;
  bool is_secret;
};

/* Writes the fields as a JSON object, as Go's encoding/json does; secrets only where asked for. */
void write_json(FILE *out, const struct field *fields, size_t count, bool with_secrets);

/* Writes the fields as application/x-www-form-urlencoded, as Go's url.Values does. */
void write_form(FILE *out, const struct field *fields, size_t count);

/*
 * Reads {"ok": boolean, "error": string}, both optional, others ignored: ALLOW where `ok` is true,
 * ERROR where the body is not such JSON. `body` ends with a NUL after `length` bytes.
 */
enum outcome read_json(const char *body, size_t length);

#endif
