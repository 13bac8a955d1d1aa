/*
 * A Mosquitto auth plugin for the end-to-end tests: it asks over HTTP what mosquitto-go-auth asks, with the
 * same options (`auth_opt_http_...`), the same bytes on the wire and the same reading of the answers, and
 * writes every call and its outcome into the broker's log:
 *
 *   gatehouse_test_plugin: <allow|deny|error> <status or [reason]> <method> <uri> <fields but the password>
 *
 * It declares interface version 4, as go-auth does, so that the broker grants every UNSUBSCRIBE by itself.
 * Left out, because no test needs it: TLS, retries, redirects, the cache.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include "go_wire.h"

#define QUOTE(x) #x
#define TEXT_OF(x) QUOTE(x)
#define BROKER_VERSION \
  TEXT_OF(LIBMOSQUITTO_MAJOR) "." TEXT_OF(LIBMOSQUITTO_MINOR) "." TEXT_OF(LIBMOSQUITTO_REVISION)

enum response_mode { STATUS, JSON, TEXT };

struct plugin {
  CURL *curl; /* one handle for every call, so that the connection is kept */
  struct curl_slist *headers;
  char *host, *port, *method;
  char *user_uri, *superuser_uri, *acl_uri; /* superuser_uri: NULL = never asked */
  char *user_agent;
  bool form;
  enum response_mode response_mode;
  long timeout_seconds;
};

static enum outcome read_answer(const struct plugin *plugin, long status, const char *body, size_t length)
{
  if (status >= 500) return ERROR;
  if (status < 200 || status >= 300) return DENY;
  if (plugin->response_mode == JSON) return read_json(body, length);
  if (plugin->response_mode == TEXT) return length == 2 && !memcmp(body, "ok", 2) ? ALLOW : DENY;
  return ALLOW;
}

/* ---- One call ------------------------------------------------------------------------------------------ */

/* A stream whose text is `*text`, `*length` bytes and a NUL, once it is closed; the caller frees it. */
static FILE *open_text(char **text, size_t *length)
{
  FILE *stream = open_memstream(text, length);

  if (!stream) abort();
  return stream;
}

static size_t keep_body(char *data, size_t size, size_t count, void *stream)
{
  return fwrite(data, size, count, stream);
}

static void write_log(const char *method, const char *uri, const struct field *fields, size_t count,
    enum outcome outcome, const char *why)
{
  static const char *const names[] = {"deny", "allow", "error"};
  char *text = NULL;
  size_t length;
  FILE *out = open_text(&text, &length);

  write_json(out, fields, count, false);
  fclose(out);
  mosquitto_log_printf(MOSQ_LOG_NOTICE, "gatehouse_test_plugin: %s %s %s %s %s",
      names[outcome], why, method, uri, text);
  free(text);
}

/* Sends what the handle is set up for; `why` says afterwards what came back. */
static enum outcome perform(struct plugin *plugin, char why[CURL_ERROR_SIZE])
{
  enum outcome outcome = ERROR;
  char *body = NULL;
  size_t length;
  long status = 0;
  FILE *in = open_text(&body, &length);
  CURLcode code;

  curl_easy_setopt(plugin->curl, CURLOPT_WRITEDATA, in);
  code = curl_easy_perform(plugin->curl);
  fclose(in);
  if (code == CURLE_OK) {
    curl_easy_getinfo(plugin->curl, CURLINFO_RESPONSE_CODE, &status);
    outcome = read_answer(plugin, status, body, length);
    snprintf(why, CURL_ERROR_SIZE, "%ld", status);
  } else {
    snprintf(why, CURL_ERROR_SIZE, "[%s]", curl_easy_strerror(code));
  }
  free(body);
  return outcome;
}

static enum outcome ask(struct plugin *plugin, const char *uri, const struct field *fields, size_t count)
{
  const char *method = plugin->form ? "POST" : plugin->method;
  char *url = NULL, *body = NULL, why[CURL_ERROR_SIZE];
  size_t length;
  FILE *out = open_text(&body, &length);
  enum outcome outcome;

  if (plugin->form) write_form(out, fields, count);
  else write_json(out, fields, count, true);
  fclose(out);
  if (asprintf(&url, "http://%s:%s%s", plugin->host, plugin->port, uri) < 0) abort();
  curl_easy_setopt(plugin->curl, CURLOPT_URL, url);
  curl_easy_setopt(plugin->curl, CURLOPT_POSTFIELDSIZE, (long)length);
  curl_easy_setopt(plugin->curl, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(plugin->curl, CURLOPT_CUSTOMREQUEST, method);
  outcome = perform(plugin, why);
  write_log(method, uri, fields, count, outcome, why);
  free(url);
  free(body);
  return outcome;
}

/* ---- What the broker calls ----------------------------------------------------------------------------- */

static char *option(const struct mosquitto_opt *options, int count, const char *key, const char *otherwise)
{
  int i;

  for (i = 0; i < count; i++) {
    if (!strcmp(options[i].key, key)) return strdup(options[i].value);
  }
  return otherwise ? strdup(otherwise) : NULL;
}

static bool option_is(const struct mosquitto_opt *options, int count, const char *key, const char *value)
{
  char *found = option(options, count, key, "");
  bool same = !strcmp(found, value);

  free(found);
  return same;
}

static void set_up_curl(struct plugin *plugin)
{
  plugin->headers = curl_slist_append(plugin->headers,
      plugin->form ? "Content-Type: application/x-www-form-urlencoded" : "Content-Type: application/json");
  plugin->headers = curl_slist_append(plugin->headers, "Accept:"); /* without value: not sent */
  plugin->headers = curl_slist_append(plugin->headers, "Expect:");
  curl_easy_setopt(plugin->curl, CURLOPT_HTTPHEADER, plugin->headers);
  curl_easy_setopt(plugin->curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(plugin->curl, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(plugin->curl, CURLOPT_MAXCONNECTS, 1L);
  curl_easy_setopt(plugin->curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(plugin->curl, CURLOPT_PROXY, "");
  curl_easy_setopt(plugin->curl, CURLOPT_TIMEOUT, plugin->timeout_seconds);
  curl_easy_setopt(plugin->curl, CURLOPT_USERAGENT, plugin->user_agent);
  curl_easy_setopt(plugin->curl, CURLOPT_WRITEFUNCTION, keep_body);
}

int mosquitto_auth_plugin_version(void)
{
  return MOSQ_AUTH_PLUGIN_VERSION;
}

int mosquitto_auth_plugin_init(void **user_data, struct mosquitto_opt *options, int count)
{
  struct plugin *plugin = calloc(1, sizeof *plugin);
  char *timeout = option(options, count, "http_timeout", "5");

  if (!plugin || !timeout) return MOSQ_ERR_NOMEM;
  plugin->host = option(options, count, "http_host", NULL);
  plugin->port = option(options, count, "http_port", NULL);
  plugin->method = option(options, count, "http_method", "POST");
  plugin->user_uri = option(options, count, "http_getuser_uri", NULL);
  plugin->superuser_uri = option(options, count, "http_superuser_uri", NULL);
  plugin->acl_uri = option(options, count, "http_aclcheck_uri", NULL);
  plugin->user_agent = option(options, count, "http_user_agent", "mosquitto-" BROKER_VERSION);
  plugin->form = option_is(options, count, "http_params_mode", "form");
  if (option_is(options, count, "http_response_mode", "json")) plugin->response_mode = JSON;
  if (option_is(options, count, "http_response_mode", "text")) plugin->response_mode = TEXT;
  plugin->timeout_seconds = atol(timeout);
  free(timeout);
  *user_data = plugin;
  if (!plugin->host || !plugin->port || !plugin->user_uri || !plugin->acl_uri) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "gatehouse_test_plugin: host, port, user or acl uri is missing");
    return MOSQ_ERR_INVAL;
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(plugin->curl = curl_easy_init())) return MOSQ_ERR_UNKNOWN;
  set_up_curl(plugin);
  return MOSQ_ERR_SUCCESS;
}

int mosquitto_auth_plugin_cleanup(void *user_data, struct mosquitto_opt *options, int count)
{
  struct plugin *plugin = user_data;
  char *owned[] = {plugin->host, plugin->port, plugin->method, plugin->user_uri, plugin->superuser_uri,
      plugin->acl_uri, plugin->user_agent};
  size_t i;

  (void)options, (void)count;
  curl_easy_cleanup(plugin->curl);
  curl_slist_free_all(plugin->headers);
  curl_global_cleanup();
  for (i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
  free(plugin);
  return MOSQ_ERR_SUCCESS;
}

int mosquitto_auth_security_init(void *user_data, struct mosquitto_opt *options, int count, bool reload)
{
  (void)user_data, (void)options, (void)count, (void)reload;
  return MOSQ_ERR_SUCCESS;
}

int mosquitto_auth_security_cleanup(void *user_data, struct mosquitto_opt *options, int count, bool reload)
{
  (void)user_data, (void)options, (void)count, (void)reload;
  return MOSQ_ERR_SUCCESS;
}

/* The broker hands an empty user name or password over as NULL; such a login is refused without a call. */
int mosquitto_auth_unpwd_check(void *user_data, struct mosquitto *client, const char *username,
    const char *password)
{
  static const int results[] = {
    [DENY] = MOSQ_ERR_AUTH, [ALLOW] = MOSQ_ERR_SUCCESS, [ERROR] = MOSQ_ERR_UNKNOWN,
  };
  struct plugin *plugin = user_data;
  const char *clientid = mosquitto_client_id(client);

  if (!clientid || !username || !password) return MOSQ_ERR_AUTH;
  const struct field fields[] = {
    {.name = "clientid", .value = clientid},
    {.name = "password", .value = password, .is_secret = true},
    {.name = "username", .value = username},
  };
  return results[ask(plugin, plugin->user_uri, fields, 3)];
}

/* A superuser needs no ACL check. Where the superuser check failed, only an ACL check that allows mends it. */
int mosquitto_auth_acl_check(void *user_data, int access, struct mosquitto *client,
    const struct mosquitto_acl_msg *message)
{
  static const int results[] = {
    [DENY] = MOSQ_ERR_ACL_DENIED, [ALLOW] = MOSQ_ERR_SUCCESS, [ERROR] = MOSQ_ERR_UNKNOWN,
  };
  struct plugin *plugin = user_data;
  const char *clientid = mosquitto_client_id(client), *username = mosquitto_client_username(client);
  enum outcome superuser = DENY, acl;
  char acc[12];

  if (!clientid || !username || !message->topic) return MOSQ_ERR_ACL_DENIED;
  snprintf(acc, sizeof acc, "%d", access);
  const struct field fields[] = {
    {.name = "acc", .value = acc, .is_number = true},
    {.name = "clientid", .value = clientid},
    {.name = "topic", .value = message->topic},
    {.name = "username", .value = username},
  };
  if (plugin->superuser_uri) superuser = ask(plugin, plugin->superuser_uri, &fields[3], 1);
  if (superuser == ALLOW) return MOSQ_ERR_SUCCESS;
  acl = ask(plugin, plugin->acl_uri, fields, 4);
  return results[acl == DENY && superuser == ERROR ? ERROR : acl];
}
