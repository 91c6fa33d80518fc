#pragma once

#include "core/identity.hpp"
#include "core/schedule/cron.hpp"
#include "core/schedule/window.hpp"
#include "core/time.hpp"
#include "core/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The configuration as the daemon understood it: every default filled in, every reference resolved, every
/// value checked. Made by lib/config; plain values, compared with ==, shared between threads only as const.
namespace tunnelkeyd::core {

/// Where a secret is found. Never the secret.
struct secret_reference {
    enum class source {
        file,        ///< `value` is an absolute path
        credential,  ///< `value` is a file's name in $CREDENTIALS_DIRECTORY
        env,         ///< `value` is an environment variable's name
    };
    source from = source::file;
    std::string value;

    bool operator==(const secret_reference&) const = default;
};

/// "file /etc/tunnelkeyd/secrets/jira-pat": for messages.
std::string describe(const secret_reference& reference);

struct bearer_auth {
    secret_reference token;
    bool operator==(const bearer_auth&) const = default;
};

struct basic_auth {
    std::string username;
    secret_reference password;
    bool operator==(const basic_auth&) const = default;
};

using instance_auth = std::variant<bearer_auth, basic_auth>;

/// Both are total bounds: `connect` covers name look-up, TCP, a proxy and TLS; `request` the request and its
/// whole reply.
struct timeouts {
    duration connect{10'000};
    duration request{60'000};
    bool operator==(const timeouts&) const = default;
};

enum class tls_version : std::uint8_t { v1_2, v1_3 };

struct tls_settings {
    std::string ca_file;      ///< PEM; empty: the system's trust store
    std::string server_name;  ///< the name to ask for and to verify; empty: the URL's host
    tls_version min_version = tls_version::v1_2;
    std::string client_certificate = {};  ///< PEM, its chain behind it; empty: none is shown to the server
    std::string client_key = {};          ///< PEM; empty: it stands in `client_certificate`
    std::optional<secret_reference> client_key_password = {};
    bool operator==(const tls_settings&) const = default;
};

/// The forward proxy on the way to a server that is reached by https; plain http (loopback) never takes one.
struct proxy_settings {
    enum class source : std::uint8_t {
        none,           ///< directly
        environment,    ///< as $HTTPS_PROXY and $NO_PROXY of the process say at each use (core/proxy.hpp)
        configuration,  ///< by what stands below
    };
    source from = source::none;
    base_url url = {};                              ///< http, without a path
    std::string username = {};                      ///< "": the proxy wants no login
    std::optional<secret_reference> password = {};  ///< exactly where there is a `username`
    bool operator==(const proxy_settings&) const = default;
};

/// Exponential from `initial` to `max`.
struct backoff_limits {
    duration initial;
    duration max;
    bool operator==(const backoff_limits&) const = default;
};

struct retry_policy {
    backoff_limits calm{std::chrono::seconds(30), std::chrono::hours(1)};      ///< while the key is untouched
    backoff_limits urgent{std::chrono::seconds(1), std::chrono::seconds(60)};  ///< while the gap is open
    backoff_limits slow{std::chrono::minutes(1),
                        std::chrono::minutes(15)};  ///< credentials, wrong URL; gap open
    duration settle{std::chrono::minutes(10)};      ///< how late a request may still take effect
    bool operator==(const retry_policy&) const = default;
};

/// What a tunnel that was never rotated does when it is first seen.
enum class first_rotation : std::uint8_t {
    wait,  ///< counts as rotated at that moment
    now,   ///< is due at once, without jitter
};

struct schedule {
    duration every{std::chrono::days(30)};  ///< from one success to the next; of no meaning beside `cron`
    duration jitter{0};                     ///< added to each occurrence, uniform over [0, jitter]
    first_rotation first = first_rotation::wait;
    std::optional<core::cron> cron = {};
    time_zone zone = {};               ///< of `cron` and `windows`
    std::vector<window> windows = {};  ///< a scheduled rotation may begin only then; none: always
    bool operator==(const schedule&) const = default;
};

/// Which of the instance's answers a preflight asks for. The store, the secrets and the API key are always
/// checked.
struct preflight_checks {
    bool status = true;
    bool credentials = true;
    std::optional<duration> every{std::chrono::hours(24)};  ///< in the background; nothing: never
    bool operator==(const preflight_checks&) const = default;
};

struct instance {
    base_url url;
    instance_auth auth;
    std::optional<wall_time> auth_expires = {};   ///< the beginning, in UTC, of the day on which `auth` ends
    std::optional<base_url> on_premise_url = {};  ///< where set, the cloud must name exactly this
    timeouts timeout;
    proxy_settings proxy;
    tls_settings tls;
    preflight_checks preflight;
    bool operator==(const instance&) const = default;
};

struct organization {
    std::string name;  ///< for people
    std::string id;    ///< for the API
    secret_reference api_key;
    std::optional<wall_time> api_key_expires = {};  ///< the beginning, in UTC, of the day on which it ends
    bool operator==(const organization&) const = default;
};

struct tunnel {
    std::string name;  ///< for people; unique, may change
    core::organization organization;
    std::string hostname;  ///< the cloud side's name of the tunnel: one DNS label
    core::instance instance;
    core::schedule schedule;
    retry_policy retry;

    [[nodiscard]] identity id() const { return {organization.id, hostname}; }
    bool operator==(const tunnel&) const = default;
};

/// Fewer leave nothing to refill a core::request_bucket with.
inline constexpr unsigned least_requests_per_minute = 20;

struct cloud_settings {
    base_url url;
    unsigned max_in_flight = 8;          ///< regenerate requests at once, over all organizations
    unsigned requests_per_minute = 300;  ///< of any kind, per organization
    timeouts timeout;
    proxy_settings proxy{proxy_settings::source::environment};
    tls_settings tls;
    bool operator==(const cloud_settings&) const = default;
};

struct state_settings {
    std::string directory;
    /// Nothing: `sealing.key` in the directory, made on the first start.
    std::optional<secret_reference> sealing_key;
    bool operator==(const state_settings&) const = default;
};

/// Where a server listens: a numeric IPv4 or IPv6 address, without brackets.
struct listen_address {
    std::string address;
    std::uint16_t port = 0;  ///< 0: any free one

    /// Whether only this machine can reach it.
    [[nodiscard]] bool is_loopback() const;
    bool operator==(const listen_address&) const = default;
};

/// As the configuration writes it: "127.0.0.1:9847", "[::1]:9847".
std::string to_string(const listen_address& address);

struct health_settings {
    std::optional<listen_address> listen{{"127.0.0.1", 9847}};  ///< nothing: no endpoints
    duration gap_failing_after{std::chrono::minutes(5)};        ///< an open key gap older than this is failing
    duration overdue_failing_after{std::chrono::hours(24)};     ///< so is a rotation overdue for longer
    bool operator==(const health_settings&) const = default;
};

/// Where commands find the running daemon.
struct control_settings {
    std::string socket;  ///< a Unix socket's absolute path
    bool operator==(const control_settings&) const = default;
};

enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { automatic, text, json, journald };

struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::automatic;
    bool operator==(const log_settings&) const = default;
};

struct config {
    state_settings state;
    health_settings health;
    control_settings control;
    log_settings log;
    cloud_settings cloud;
    std::vector<organization> organizations;
    std::vector<tunnel> tunnels;  ///< names, identities and instance URLs are unique
    bool operator==(const config&) const = default;
};

}  // namespace tunnelkeyd::core
