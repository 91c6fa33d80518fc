#include "config/read_tunnel.hpp"

#include "config/read_proxy.hpp"
#include "config/read_schedule.hpp"
#include "config/read_values.hpp"

namespace tunnelkeyd::config {

namespace {

using namespace std::chrono_literals;

constexpr core::duration day = std::chrono::days(1);

enum class scope { defaults, tunnel };

}  // namespace

// mapping::read_into() finds these by their arguments, and so not in an unnamed namespace.

static void read(const field& from, core::backoff_limits& into) {
    mapping map(from);
    map.read_into("initial", into.initial, duration_limits{tick, day});
    map.read_into("max", into.max, duration_limits{tick, day});
    map.finish();
    if (into.initial > into.max)
        from.error("initial (" + core::to_string(into.initial) + ") is longer than max (" +
                   core::to_string(into.max) + ")");
}

static void read(const field& from, core::retry_policy& into) {
    mapping map(from);
    map.read_into("calm", into.calm);
    map.read_into("urgent", into.urgent);
    map.read_into("slow", into.slow);
    map.read_into("settle", into.settle, duration_limits{0s, day});
    map.finish();
}

static void read(const field& from, core::preflight_checks& into) {
    mapping map(from);
    map.read_into("status", into.status);
    map.read_into("credentials", into.credentials);
    map.read_into("every", into.every, duration_limits{1min, century});
    map.finish();
}

namespace {

bool read(const field& from, core::basic_auth& into) {
    mapping map(from);
    const auto username = map.require("username", "write the name of the account");
    const auto password = map.require("password", "write {file: PATH}");
    map.finish();
    const bool good = username && read_username(*username, into.username);
    return password && read(*password, into.password) && good;
}

std::optional<core::instance_auth> read_auth(const field& from, std::optional<core::wall_time>& expires) {
    mapping map(from);
    const auto bearer = map.find("bearer");
    const auto basic = map.find("basic");
    map.read_into("expires", expires);
    map.finish();
    core::bearer_auth token;
    core::basic_auth account;
    const bool token_good = bearer && read(*bearer, token.token);
    const bool account_good = basic && read(*basic, account);
    if (map.has("bearer") && map.has("basic"))
        from.error("\"bearer\" and \"basic\" are alternatives; keep one");
    else if (map.is_map() && !map.has("bearer") && !map.has("basic"))
        from.error("must say {bearer: {file: PATH}} or {basic: {username: NAME, password: {file: PATH}}}");
    if (token_good)
        return token;
    return account_good ? std::optional<core::instance_auth>(account) : std::nullopt;
}

void read_own(mapping& map, std::string_view key, scope of, const node*& at, auto&& read_it) {
    const auto found = of == scope::tunnel ? map.require(key, "each tunnel needs one") : map.find(key);
    if (found && of == scope::defaults)
        found->error("stands in each tunnel, not in the defaults");
    else if (found && read_it(*found))
        at = found->value;
}

void read_instance(mapping& map, scope of, tunnel_draft& into) {
    auto& instance = into.tunnel.instance;
    read_own(map, "url", of, into.url_at, [&](const field& url) { return read(url, instance.url); });
    if (const auto auth = map.find("auth")) {
        instance.auth_expires.reset();  // the default one's
        into.auth = read_auth(*auth, instance.auth_expires);
        into.auth_wrong = !into.auth;
    } else if (map.has("auth")) {
        into.auth_wrong = true;
    }
    if (const auto url = map.find("on_premise_url")) {
        core::base_url expected;
        if (read(*url, expected))
            instance.on_premise_url = std::move(expected);
    }
    map.read_into("timeout", instance.timeout);
    map.read_into("proxy", instance.proxy);
    map.read_into("tls", instance.tls);
    map.read_into("preflight", instance.preflight);
    map.finish();
}

void read_fields(mapping& map, scope of, tunnel_draft& into) {
    auto& tunnel = into.tunnel;
    read_own(map, "name", of, into.name_at,
             [&](const field& name) { return read_name(name, tunnel.name, 100); });
    const auto organization = map.find("organization");
    if (organization && read_name(*organization, into.organization, 100)) {
        into.organization_at = organization->value;
        into.organization_wrong = false;
    } else if (map.has("organization")) {
        into.organization_wrong = true;
    }
    read_own(map, "hostname", of, into.hostname_at,
             [&](const field& name) { return read_hostname(name, tunnel.hostname); });
    map.read_into("schedule", tunnel.schedule);
    map.read_into("retry", tunnel.retry);
}

}  // namespace

void read(const field& from, core::timeouts& into) {
    mapping map(from);
    map.read_into("connect", into.connect, duration_limits{tick, 1h});
    map.read_into("request", into.request, duration_limits{tick, 1h});
    map.finish();
}

namespace {

/// Each of the three stands for all: a key of the defaults does not fit a tunnel's own certificate.
void read_client_certificate(mapping& map, core::tls_settings& into) {
    const auto certificate = map.find("client_certificate");
    const auto key = map.find("client_key");
    const auto password = map.find("client_key_password");
    if (!certificate && !key && !password)
        return;
    into.client_certificate.clear();
    into.client_key.clear();
    into.client_key_password.reset();
    if (certificate)
        read_path(*certificate, into.client_certificate);
    if (key)
        read_path(*key, into.client_key);
    if (core::secret_reference reference; password && read(*password, reference))
        into.client_key_password = std::move(reference);
    if (!map.has("client_certificate"))
        (key ? *key : *password).error("is of no use without client_certificate: PATH beside it");
}

}  // namespace

void read(const field& from, core::tls_settings& into) {
    mapping map(from);
    if (const auto file = map.find("ca_file"))
        read_path(*file, into.ca_file);
    read_client_certificate(map, into);
    if (const auto name = map.find("server_name"))
        read_host(*name, into.server_name);
    map.read_into("min_version", into.min_version, core::tls_version_words);
    map.finish();
}

bool read(const field& from, core::secret_reference& into) {
    using source = core::secret_reference::source;
    if (from.value->type == node::kind::scalar) {
        from.error(
            "must be a reference to a secret, not the secret itself; put it into a file that only the daemon "
            "may read, and write {file: PATH} (or {credential: NAME}, {env: NAME})");
        return false;
    }
    mapping map(from);
    const auto file = map.find("file");
    const auto credential = map.find("credential");
    const auto variable = map.find("env");
    map.finish();
    if ((file ? 1 : 0) + (credential ? 1 : 0) + (variable ? 1 : 0) != 1) {
        if (map.is_map() && (file || credential || variable || from.value->first == nullptr))
            from.error("must say exactly one of {file: PATH}, {credential: NAME} and {env: NAME}");
        return false;
    }
    core::secret_reference read_reference;
    bool good = false;
    if (file) {
        read_reference.from = source::file;
        good = read_path(*file, read_reference.value);
    } else if (credential) {
        read_reference.from = source::credential;
        good = read_name(*credential, read_reference.value, 255);
    } else {
        read_reference.from = source::env;
        good = read_variable_name(*variable, read_reference.value);
    }
    if (good)
        into = std::move(read_reference);
    return good;
}

void read_defaults(const field& from, tunnel_draft& into) {
    mapping map(from);
    read_fields(map, scope::defaults, into);
    if (const auto found = map.find("instance")) {
        mapping instance(*found);
        read_instance(instance, scope::defaults, into);
    }
    map.finish();
}

void read_tunnel(const field& from, tunnel_draft& into) {
    mapping map(from);
    read_fields(map, scope::tunnel, into);
    if (const auto found = map.require("instance", "write {url: https://HOST/CONTEXT} at least")) {
        mapping instance(*found);
        read_instance(instance, scope::tunnel, into);
        if (!into.auth && !into.auth_wrong && instance.is_map())
            found->errors->add(found->value->where, path{&found->at, "auth"},
                               "is missing; write {bearer: {file: PATH}} here or in the defaults");
    }
    map.finish();
}

}  // namespace tunnelkeyd::config
