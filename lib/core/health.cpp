#include "core/health.hpp"

#include "core/health_expiry.hpp"
#include "core/schedule/due.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::core {

namespace {

constexpr duration clock_tolerance = std::chrono::minutes(1);

constexpr const char* held_remedy =
    "correct hostname, instance.url or instance.on_premise_url, and reload; the key is kept, and checked again";
constexpr const char* orphan_remedy =
    "put the tunnel back in the place of the one that has its instance now, and reload";
constexpr const char* gap_remedy =
    "see the last error; usually: bring the instance back, or renew its credentials";
constexpr const char* failing_remedy = "see the last error; it is tried again by itself";
constexpr const char* overdue_remedy =
    "see what kept it from being done, and mend that; it is tried again by itself";
constexpr const char* paused_remedy = "let its rotations go on with: tunnelkeyd resume";
constexpr const char* clock_remedy =
    "see that the clock is right; if it was wrong before, rotate the tunnel once by hand: its schedule counts "
    "from then";
constexpr const char* confirm_remedy = "nothing to do; one more rotation follows by itself";

/// Where the trouble itself says none.
const char* gap_remedy_of(const trouble& found) {
    return found.code == "secret_unreadable" ? unreadable_remedy : gap_remedy;
}

std::string or_else(const std::string& remedy, const char* otherwise) {
    return remedy.empty() ? otherwise : remedy;
}

/// Where refused credentials come from: so that nobody has to look it up at night.
std::string whence(const tunnel_facts& tunnel, const trouble& found) {
    if (found.code != "credentials_refused" || tunnel.settings == nullptr)
        return {};
    if (found.what.find("client certificate") != std::string::npos) {
        const auto& file = tunnel.settings->instance.tls.client_certificate;
        return file.empty() ? "" : "; the client certificate is that of file " + file;
    }
    const auto& auth = tunnel.settings->instance.auth;
    const auto* bearer = std::get_if<bearer_auth>(&auth);
    return "; the credentials are those of " +
           describe(bearer != nullptr ? bearer->token : std::get<basic_auth>(auth).password);
}

void put(std::vector<problem>& into, std::optional<problem> found) {
    if (found)
        into.push_back(std::move(*found));
}

std::optional<wall_time> gap_opened_at(const tunnel_record& record) {
    return record.open ? std::optional(record.open->gap_opened_at) : std::nullopt;
}

std::optional<problem> open_gap(const tunnel_facts& tunnel, const health_settings& limits, wall_time now) {
    if (!tunnel.record.open)
        return std::nullopt;
    const auto opened = tunnel.record.open->gap_opened_at;
    const bool late = now - opened > limits.gap_failing_after;
    // One that is being closed, and without trouble so far, is every rotation's. What failed before the first
    // request is over. "held" speaks for itself.
    const auto& open = *tunnel.record.open;
    const bool first_request = open.intent && open.regenerates == 1;
    const bool trouble = open.unknown || tunnel.trouble || tunnel.record.failures > 0;
    if (!late && (tunnel.held || first_request || !trouble))
        return std::nullopt;
    const std::string key = tunnel.record.key ? "a new key was made and is not installed yet"
                                              : "the cloud may have made a new key that we do not know";
    auto error = tunnel.record.last_error;
    if (tunnel.trouble)
        error += whence(tunnel, *tunnel.trouble);
    return problem{late ? health::failing : health::degraded, "gap_open",
                   "the key gap is open since " + to_iso8601(opened) + ": " + key +
                       (error.empty() ? "" : " (" + error + ")"),
                   tunnel.held      ? held_remedy
                   : tunnel.trouble ? or_else(tunnel.trouble->remedy, gap_remedy_of(*tunnel.trouble))
                                    : gap_remedy,
                   opened};
}

/// What last stood in the way of a rotation, or would have, had there been one.
std::optional<problem> obstacle(const tunnel_facts& tunnel) {
    if (tunnel.preflight != nullptr) {
        auto found = trouble_of(*tunnel.preflight);
        return problem{health::degraded, found.code, found.what + whence(tunnel, found),
                       or_else(found.remedy, failing_remedy), tunnel.preflight_at};
    }
    if (tunnel.trouble)
        return problem{health::degraded, tunnel.trouble->code,
                       tunnel.trouble->what + whence(tunnel, *tunnel.trouble),
                       or_else(tunnel.trouble->remedy, failing_remedy), std::nullopt};
    if (tunnel.record.failures > 0 && !tunnel.record.last_error.empty())  // of an earlier run
        return problem{health::degraded, "rotation_failing",
                       "the last attempt failed: " + tunnel.record.last_error, failing_remedy, std::nullopt};
    return std::nullopt;
}

std::optional<problem> overdue(const tunnel_facts& tunnel, const health_settings& limits, wall_time now) {
    const auto since = tunnel.overdue_since;
    if (!since)
        return std::nullopt;
    const auto& plan = tunnel.settings->schedule;  // a window that is closed keeps nobody waiting
    if (open_time(plan.windows, plan.zone, *since, now) <= limits.overdue_failing_after)
        return std::nullopt;
    const auto& error = tunnel.record.last_error;
    return problem{health::failing, "overdue",
                   "a rotation is overdue since " + to_iso8601(*since) + (error.empty() ? "" : ": " + error),
                   tunnel.trouble ? or_else(tunnel.trouble->remedy, overdue_remedy) : overdue_remedy, since};
}

std::optional<problem> clock_behind(const tunnel_facts& tunnel, wall_time now) {
    const auto base = counts_from(tunnel.record);
    if (base - now <= clock_tolerance)
        return std::nullopt;
    return problem{health::degraded, "clock_behind",
                   std::string("the clock stands before the tunnel's ") +
                       (tunnel.record.last_success ? "last success" : "first sight") + ", " + to_iso8601(base) +
                       ", from which its schedule counts",
                   clock_remedy, std::nullopt};
}

/// The settings that a person could correct: not those of an orphan.
const tunnel* configured(const tunnel_facts& facts) {
    return facts.orphaned_because.empty() ? facts.settings : nullptr;
}

}  // namespace

std::string_view to_string(health verdict) {
    switch (verdict) {
    case health::ok:
        return "ok";
    case health::degraded:
        return "degraded";
    case health::failing:
        return "failing";
    }
    return {};
}

std::vector<problem> problems_of(const tunnel_facts& tunnel, const health_settings& limits, wall_time now) {
    std::vector<problem> found;
    if (!tunnel.orphaned_because.empty())
        found.push_back({health::failing, "orphaned",
                         "the configuration has no such tunnel any more, its key gap is open, and " +
                             std::string(tunnel.orphaned_because),
                         orphan_remedy, gap_opened_at(tunnel.record)});
    if (tunnel.held)
        found.push_back({health::failing, "held",
                         "the new key is sealed and sent nowhere: " + tunnel.record.last_error, held_remedy,
                         gap_opened_at(tunnel.record)});
    if (tunnel.orphaned_because.empty())
        put(found, open_gap(tunnel, limits, now));
    put(found, overdue(tunnel, limits, now));
    if (!tunnel.held && tunnel.orphaned_because.empty())
        put(found, obstacle(tunnel));
    if (tunnel.record.paused_at)
        found.push_back({health::degraded, "paused", "no rotation begins: a person has paused the tunnel",
                         paused_remedy, tunnel.record.paused_at});
    if (configured(tunnel) != nullptr)
        put(found, clock_behind(tunnel, now));
    if (const auto* settings = configured(tunnel)) {
        put(found, expiring("credential_expiring", "the instance credential", settings->instance.auth_expires,
                            "renew the token or password that instance.auth points to, and correct "
                            "instance.auth.expires",
                            now));
        put(found, certificate_expiring("client_certificate_expiring", settings->instance.tls,
                                        tunnel.client_certificate, now));
    }
    if (tunnel.record.confirmation_owed)
        found.push_back({health::degraded, "unconfirmed",
                         "an earlier request may still take effect, and replace the key that is installed",
                         confirm_remedy, tunnel.record.last_unanswered_at});
    std::stable_sort(found.begin(), found.end(),
                     [](const problem& a, const problem& b) { return a.severity > b.severity; });
    return found;
}

std::optional<wall_time> next_change(const tunnel_facts& tunnel, const health_settings& limits, wall_time now) {
    std::optional<wall_time> next;
    const auto consider = [&](wall_time at) {
        if (at > now)
            next = std::min(next.value_or(at), at);
    };
    constexpr duration past{1};  // a limit is passed behind it
    if (tunnel.record.open && tunnel.orphaned_because.empty())
        consider(tunnel.record.open->gap_opened_at + limits.gap_failing_after + past);
    if (tunnel.overdue_since) {
        const auto& plan = tunnel.settings->schedule;
        consider(after_open_time(plan.windows, plan.zone, *tunnel.overdue_since,
                                 limits.overdue_failing_after + past));
    }
    consider(counts_from(tunnel.record) - clock_tolerance);
    if (const auto* settings = configured(tunnel)) {
        for (const auto at :
             {next_expiry(settings->instance.auth_expires, now), next_change(tunnel.client_certificate, now)})
            if (at)
                consider(*at);
    }
    return next;
}

std::vector<problem> problems_of(const organization& organization, bool api_key_refused, wall_time now) {
    std::vector<problem> found;
    if (api_key_refused)
        found.push_back(
            {health::degraded, "api_key_refused",
             "the cloud refuses the organization's API key (HTTP 401), that of " +
                 describe(organization.api_key),
             "make a new API key at admin.atlassian.com, put it where organizations[].api_key points, and "
             "reload",
             std::nullopt});
    put(found,
        expiring("api_key_expiring", "the organization's API key", organization.api_key_expires,
                 "make a new API key at admin.atlassian.com, put it where organizations[].api_key points, and "
                 "correct api_key_expires",
                 now));
    return found;
}

std::optional<wall_time> next_change(const organization& organization, wall_time now) {
    return next_expiry(organization.api_key_expires, now);
}

health worst_of(const std::vector<problem>& problems) {
    health worst = health::ok;
    for (const auto& each : problems)
        worst = std::max(worst, each.severity);
    return worst;
}

}  // namespace tunnelkeyd::core
