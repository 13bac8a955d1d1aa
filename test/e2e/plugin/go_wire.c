#define _GNU_SOURCE
#include "go_wire.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The bytes of the UTF-8 sequence at `text`, or 0 where there is no valid one. */
static size_t sequence_length(const unsigned char *text)
{
  unsigned char lead = text[0], low = 0x80, high = 0xBF;
  size_t length, i;

  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead == 0xE0) low = 0xA0; /* no overlong forms */
  if (lead == 0xED) high = 0x9F; /* no surrogates */
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F; /* nothing beyond U+10FFFF */
  length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text[1] < low || text[1] > high) return 0;
  for (i = 2; i < length; i++) {
    if ((text[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

static void write_json_ascii(FILE *out, unsigned char byte)
{
  if (byte == '"' || byte == '\\') fprintf(out, "\\%c", byte);
  else if (byte == '\n') fputs("\\n", out);
  else if (byte == '\r') fputs("\\r", out);
  else if (byte == '\t') fputs("\\t", out);
  else if (byte < 0x20 || strchr("<>&", byte)) fprintf(out, "\\u%04x", byte);
  else fputc(byte, out);
}

/* Go escapes what HTML and JavaScript would read as more than text, and replaces bytes that are no UTF-8. */
static void write_json_string(FILE *out, const char *text)
{
  const unsigned char *at = (const unsigned char *)text;

  fputc('"', out);
  while (*at) {
    size_t length = sequence_length(at);

    if (length == 0) fputs("\\ufffd", out);
    else if (length == 1) write_json_ascii(out, *at);
    else if (!memcmp(at, "\xE2\x80\xA8", 3)) fputs("\\u2028", out);
    else if (!memcmp(at, "\xE2\x80\xA9", 3)) fputs("\\u2029", out);
    else fwrite(at, 1, length, out);
    at += length ? length : 1;
  }
  fputc('"', out);
}

void write_json(FILE *out, const struct field *fields, size_t count, bool with_secrets)
{
  const char *separator = "";
  size_t i;

  fputc('{', out);
  for (i = 0; i < count; i++) {
    if (fields[i].is_secret && !with_secrets) continue;
    fprintf(out, "%s\"%s\":", separator, fields[i].name);
    if (fields[i].is_number) fputs(fields[i].value, out);
    else write_json_string(out, fields[i].value);
    separator = ",";
  }
  fputc('}', out);
}

void write_form(FILE *out, const struct field *fields, size_t count)
{
  const unsigned char *at;
  size_t i;

  for (i = 0; i < count; i++) {
    fprintf(out, "%s%s=", i ? "&" : "", fields[i].name);
    for (at = (const unsigned char *)fields[i].value; *at; at++) {
      if (*at < 0x80 && (isalnum(*at) || strchr("-_.~", *at))) fputc(*at, out);
      else if (*at == ' ') fputc('+', out);
      else fprintf(out, "%%%02X", *at);
    }
  }
}

static const char *skip_space(const char *at)
{
  return at + strspn(at, " \t\r\n");
}

/* The end of the JSON string at `at`, or NULL where there is none. */
static const char *skip_string(const char *at)
{
  if (*at++ != '"') return NULL;
  while (*at != '"') {
    if ((unsigned char)*at < 0x20) return NULL;
    if (*at++ == '\\') {
      if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") < 4) return NULL;
      if (!*at || !strchr("\"\\/bfnrtu", *at)) return NULL;
      at++;
    }
  }
  return at + 1;
}

static const char *skip_number(const char *at)
{
  size_t digits;

  if (*at == '-') at++;
  digits = strspn(at, "0123456789");
  if (digits == 0 || (digits > 1 && *at == '0')) return NULL;
  at += digits;
  if (*at == '.') {
    at++;
    if (!(digits = strspn(at, "0123456789"))) return NULL;
    at += digits;
  }
  if (*at == 'e' || *at == 'E') {
    at += strchr("+-", at[1]) && at[1] ? 2 : 1;
    if (!(digits = strspn(at, "0123456789"))) return NULL;
    at += digits;
  }
  return at;
}

/* The end of the literal, or NULL where it does not stand there. */
static const char *skip_literal(const char *at, const char *literal)
{
  return strncmp(at, literal, strlen(literal)) ? NULL : at + strlen(literal);
}

/* The end of the JSON value at `at`, or NULL where there is none, or one nested deeper than `depth`. */
static const char *skip_value(const char *at, int depth)
{
  char close = *at == '{' ? '}' : ']';
  bool is_object = *at == '{';

  if (*at == '"') return skip_string(at);
  if (*at == 't') return skip_literal(at, "true");
  if (*at == 'f') return skip_literal(at, "false");
  if (*at == 'n') return skip_literal(at, "null");
  if (*at != '{' && *at != '[') return skip_number(at);
  if (depth == 0) return NULL;
  at = skip_space(at + 1);
  if (*at == close) return at + 1;
  for (;;) {
    if (is_object) {
      if (!(at = skip_string(at))) return NULL;
      at = skip_space(at);
      if (*at++ != ':') return NULL;
      at = skip_space(at);
    }
    if (!(at = skip_value(at, depth - 1))) return NULL;
    at = skip_space(at);
    if (*at == close) return at + 1;
    if (*at++ != ',') return NULL;
    at = skip_space(at);
  }
}

/* Reads the members of an object that is known to be JSON; a member of the wrong type is an ERROR. */
static enum outcome read_members(const char *at)
{
  enum outcome outcome = DENY;

  at = skip_space(at + 1);
  while (*at == '"') {
    bool is_ok = !strncasecmp(at, "\"ok\"", 4), is_error = !strncasecmp(at, "\"error\"", 7);

    at = skip_space(skip_space(skip_string(at)) + 1);
    if (is_ok && !strchr("tfn", *at)) return ERROR;
    if (is_error && !strchr("\"n", *at)) return ERROR;
    if (is_ok && *at != 'n') outcome = *at == 't' ? ALLOW : DENY;
    at = skip_space(skip_value(at, 64));
    if (*at == ',') at = skip_space(at + 1);
  }
  return outcome;
}

enum outcome read_json(const char *body, size_t length)
{
  const char *at = skip_space(body), *end = skip_value(at, 64);

  if (!end || *skip_space(end) || strlen(body) != length) return ERROR;
  if (*at == 'n') return DENY;
  return *at == '{' ? read_members(at) : ERROR;
}
