#include "core/settings_writer.hpp"

#include "core/proxy_url.hpp"
#include "core/settings_names.hpp"

namespace tunnelkeyd::core {

namespace {

void put(settings_writer& out, std::string_view key, duration value) {
    out.word(key, to_string(value));
}

void put_unless_empty(settings_writer& out, std::string_view key, std::string_view value) {
    if (!value.empty())
        out.text(key, value);
}

/// In quotes where YAML is written: a bare date is a type of its own in YAML 1.1.
void put(settings_writer& out, std::string_view key, std::optional<wall_time> day) {
    if (day)
        out.text(key, to_date(*day));
}

void put(settings_writer& out, std::string_view key, const secret_reference& value) {
    out.open_map(key, true);
    out.text(word_of(value.from, secret_source_words), value.value);
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const timeouts& value) {
    out.open_map(key, true);
    put(out, "connect", value.connect);
    put(out, "request", value.request);
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const proxy_settings& value) {
    if (value.from != proxy_settings::source::configuration)
        return out.word(key, word_of(value.from, proxy_source_words));
    out.open_map(key, true);
    out.text("url", proxy_text(value.url));
    put_unless_empty(out, "username", value.username);
    if (value.password)
        put(out, "password", *value.password);
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const tls_settings& value) {
    out.open_map(key, true);
    put_unless_empty(out, "ca_file", value.ca_file);
    put_unless_empty(out, "client_certificate", value.client_certificate);
    put_unless_empty(out, "client_key", value.client_key);
    if (value.client_key_password)
        put(out, "client_key_password", *value.client_key_password);
    put_unless_empty(out, "server_name", value.server_name);
    out.text("min_version", word_of(value.min_version, tls_version_words));
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const backoff_limits& value) {
    out.open_map(key, true);
    put(out, "initial", value.initial);
    put(out, "max", value.max);
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const retry_policy& value) {
    out.open_map(key, false);
    put(out, "calm", value.calm);
    put(out, "urgent", value.urgent);
    put(out, "slow", value.slow);
    put(out, "settle", value.settle);
    out.close_map();
}

void put(settings_writer& out, const window& value) {
    out.open_map("", true);
    out.open_list("days");
    for (const auto& [day, word] : weekday_words)
        if ((value.days >> day & 1) != 0)
            out.word("", word);
    out.close_list();
    out.text("from", to_hour_text(value.from));
    out.text("to", to_hour_text(value.to));
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const schedule& value) {
    out.open_map(key, value.windows.empty());
    if (value.cron)
        out.text("cron", value.cron->text());
    else
        put(out, "every", value.every);
    out.text("time_zone", value.zone.name());
    put(out, "jitter", value.jitter);
    out.word("first", word_of(value.first, first_rotation_words));
    out.open_list("windows");
    for (const auto& each : value.windows)
        put(out, each);
    out.close_list();
    out.close_map();
}

void put_auth(settings_writer& out, const instance& of) {
    out.open_map("auth", true);
    if (const auto* bearer = std::get_if<bearer_auth>(&of.auth)) {
        put(out, "bearer", bearer->token);
    } else if (const auto* basic = std::get_if<basic_auth>(&of.auth)) {
        out.open_map("basic", true);
        out.text("username", basic->username);
        put(out, "password", basic->password);
        out.close_map();
    }
    put(out, "expires", of.auth_expires);
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const preflight_checks& value) {
    out.open_map(key, true);
    out.boolean("status", value.status);
    out.boolean("credentials", value.credentials);
    out.word("every", value.every ? to_string(*value.every) : "never");
    out.close_map();
}

void put(settings_writer& out, std::string_view key, const instance& value) {
    out.open_map(key, false);
    out.text("url", value.url.text());
    put_auth(out, value);
    if (value.on_premise_url)
        out.text("on_premise_url", value.on_premise_url->text());
    put(out, "timeout", value.timeout);
    put(out, "proxy", value.proxy);
    put(out, "tls", value.tls);
    put(out, "preflight", value.preflight);
    out.close_map();
}

void put_item(settings_writer& out, const organization& value) {
    out.open_map("", false);
    out.text("name", value.name);
    out.text("id", value.id);
    put(out, "api_key", value.api_key);
    put(out, "api_key_expires", value.api_key_expires);
    out.close_map();
}

void put_item(settings_writer& out, const tunnel& value) {
    out.open_map("", false);
    out.text("name", value.name);
    out.text("organization", value.organization.name);
    out.text("hostname", value.hostname);
    put(out, "instance", value.instance);
    put(out, "schedule", value.schedule);
    put(out, "retry", value.retry);
    out.close_map();
}

void put(settings_writer& out, const state_settings& value) {
    out.open_map("state", false);
    out.text("directory", value.directory);
    if (value.sealing_key)
        put(out, "sealing_key", *value.sealing_key);
    out.close_map();
}

void put(settings_writer& out, const health_settings& value) {
    out.open_map("health", true);
    if (value.listen)
        out.text("listen", to_string(*value.listen));
    else
        out.word("listen", "none");
    put(out, "gap_failing_after", value.gap_failing_after);
    put(out, "overdue_failing_after", value.overdue_failing_after);
    out.close_map();
}

void put(settings_writer& out, const control_settings& value) {
    out.open_map("control", false);
    out.text("socket", value.socket);
    out.close_map();
}

void put(settings_writer& out, const log_settings& value) {
    out.open_map("log", true);
    out.word("level", word_of(value.level, log_level_words));
    out.word("format", word_of(value.format, log_format_words));
    out.close_map();
}

void put(settings_writer& out, const cloud_settings& value) {
    out.open_map("cloud", false);
    out.text("url", value.url.text());
    out.number("max_in_flight", value.max_in_flight);
    out.number("requests_per_minute", value.requests_per_minute);
    put(out, "timeout", value.timeout);
    put(out, "proxy", value.proxy);
    put(out, "tls", value.tls);
    out.close_map();
}

}  // namespace

void write(settings_writer& out, const config& settings) {
    out.open_map("", false);
    out.number("version", 1);
    put(out, settings.state);
    put(out, settings.health);
    put(out, settings.control);
    put(out, settings.log);
    put(out, settings.cloud);
    out.open_list("organizations");
    for (const auto& each : settings.organizations)
        put_item(out, each);
    out.close_list();
    out.open_list("tunnels");
    for (const auto& each : settings.tunnels)
        put_item(out, each);
    out.close_list();
    out.close_map();
}

void write(settings_writer& out, const tunnel& only) {
    out.open_map("", false);
    out.number("version", 1);
    out.open_list("organizations");
    put_item(out, only.organization);
    out.close_list();
    out.open_list("tunnels");
    put_item(out, only);
    out.close_list();
    out.close_map();
}

}  // namespace tunnelkeyd::core
