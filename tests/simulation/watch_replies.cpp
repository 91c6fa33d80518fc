#include "simulation/watch.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

// What comes back, and what is written: so far the daemon should know the truth.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;
using tests::call;

namespace {

constexpr core::duration a_preflight = 5min;  // at most; one that a reload overtook is repeated
// The slow backoff, which other failures in between let begin anew.
constexpr std::size_t too_many_refusals = 70;
constexpr unsigned most_rejections = 600;  // of one key: it is replaced within an hour

std::string_view token_in(const core::exchange& seen) {
    constexpr std::string_view before = R"("token": ")";
    const auto body = seen.body.reveal();
    const auto at = body.find(before);
    if (at == std::string_view::npos)
        return {};
    const auto from = at + before.size();
    const auto to = body.find('"', from);
    return to == std::string_view::npos ? std::string_view() : body.substr(from, to - from);
}

bool is_success(const core::exchange& seen) {
    return seen.reached == core::reached::reply && seen.status >= 200 && seen.status < 300;
}

/// Credentials refused, or a wrong URL.
bool asks_for_slow(const core::exchange& seen) {
    if (seen.reached == core::reached::alert)
        return true;
    if (seen.reached != core::reached::reply)
        return false;
    const auto status = seen.status;
    return (status >= 300 && status < 400) || status == 401 || status == 403 || status == 404 ||
           status == 405 || status == 410 ||
           (is_success(seen) && (seen.body.reveal().empty() || seen.body.reveal()[0] == '<'));
}

core::duration wait_in(const core::exchange& seen) {
    unsigned seconds = 0;
    std::from_chars(seen.retry_after.data(), seen.retry_after.data() + seen.retry_after.size(), seconds);
    return std::chrono::seconds(seconds);
}

std::string shown(const core::exchange& seen) {
    if (seen.reached != core::reached::reply)
        return (seen.reached == core::reached::interrupted ? "interrupted, " : "not sent, ") + seen.problem;
    return std::to_string(seen.status) + (seen.retry_after.empty() ? "" : ", retry after " + seen.retry_after) +
           " " + std::string(seen.body.reveal().substr(0, 120));
}

}  // namespace

void watch::heard(const std::string& target, call what, const core::exchange& exchange) {
    if (trace_.on && (what != call::organization || exchange.status == 401 || exchange.status == 429))
        happens(what == call::organization ? "" : target, "<- " + std::string(to_string(what)) +
                                                              (what == call::organization ? " " + target : "") +
                                                              ": " + shown(exchange));
    const auto now = world_.loop.now().steady;
    if (what == call::organization)
        return heard_cloud(target, exchange);

    auto& tunnel = at(target);
    tunnel.active = now;
    tunnel.slow = asks_for_slow(exchange);
    if (tunnel.slow && (what == call::whoami || what == call::install))
        count(tunnel.refusals, too_many_refusals, tunnel, "refused logins are repeated far too often");
    if (!is_success(exchange)) {
        if (what != call::install)
            tunnel.rejections = 0;  // it tries to replace its key, and cannot
        tunnel.troubled = now;
        tunnel.told_to_wait =
            std::max(tunnel.told_to_wait, now + std::min(wait_in(exchange), core::duration(24h)));
    }
    switch (what) {
    case call::regenerate:
        heard_cloud(tunnel.tunnel->settings.organization.id, exchange);
        return heard_regenerate(tunnel, exchange);
    case call::status:
        if (exchange.body.reveal().find("RUNNING") != std::string_view::npos)
            tunnel.status_good = now;
        else
            tunnel.troubled = now;
        return;
    case call::whoami:
        return heard_whoami(tunnel, exchange);
    case call::install:
        if (exchange.status == 400 || exchange.status == 422)
            tunnel.rejections = can_work(tunnel) ? tunnel.rejections + 1 : 0;
        if (tunnel.rejections > most_rejections)
            breaks(tunnel, "a key that its instance rejects is not replaced");
        if (exchange.body.reveal().find("<html") != std::string_view::npos)
            tunnel.troubled = now;
        if (exchange.reached == core::reached::interrupted || exchange.status / 100 == 5 ||
            exchange.status == 408 || exchange.status == 499)
            tunnel.unanswered = tunnel.sent_unanswered = now;
        return;
    default:
        return;
    }
}

void watch::heard_whoami(seen& tunnel, const core::exchange& exchange) {
    const auto now = world_.loop.now().steady;
    const bool named = is_success(exchange) && exchange.body.reveal() == "rotator";
    const bool cannot_tell = exchange.status == 404;
    const bool refused = exchange.reached == core::reached::reply && !named &&
                         (is_success(exchange) || exchange.status / 100 == 3 || exchange.status == 401 ||
                          exchange.status == 403);
    if (named || cannot_tell)
        tunnel.login_good = now;
    else
        tunnel.troubled = now;
    if (!refused)
        tunnel.login_refused.reset();
    else if (const auto* record = on_disk(tunnel); now - reloaded_ > a_preflight && (!record || !record->open))
        tunnel.login_refused = now;
}

void watch::heard_cloud(const std::string& organization_id, const core::exchange& exchange) {
    auto& organization = organizations_[organization_id];
    const auto now = world_.loop.now().steady;
    if (exchange.status != 401)
        organization.key_good = now;  // all else says nothing against it
    if (exchange.reached != core::reached::reply)
        return;
    if (exchange.status == 429) {
        const bool unspecified = exchange.retry_after.empty() || wait_in(exchange) == core::duration(0);
        const auto until =
            now + (unspecified ? core::duration(1min) : std::min(wait_in(exchange), core::duration(24h)));
        organization.told_to_wait = std::max(organization.told_to_wait, until);
        organization.paused_until = unspecified ? std::max(until, organization.paused_until) : until;
        organization.paused_since = organization.troubled = now;
    } else if (exchange.status == 401) {
        organization.troubled = now;
        // Not where it is of the key before, or of before the last refusal, and comes late.
        if (!has_good_api_key(organization_id) &&
            (!organization.refused || organization.asked > *organization.refused))
            organization.refused = now;
    } else if (is_success(exchange) || exchange.status == 403) {
        if (organization.refused.has_value())
            organization.troubled = now;
        organization.refused.reset();
    }
}

void watch::heard_regenerate(seen& tunnel, const core::exchange& exchange) {
    const auto now = world_.loop.now().steady;
    auto& organization = organizations_[tunnel.tunnel->settings.organization.id];
    if (all_permits_taken())
        no_permit_ = now;
    if (all_are_sending())
        all_sent_ = now;
    if (const auto* record = on_disk(tunnel); record && record->open && record->open->unknown)
        organization.gap_answered = now;
    --organization.regenerating;
    const auto token = is_success(exchange) ? token_in(exchange) : std::string_view();
    const unsigned status = exchange.status;
    const bool refused =
        exchange.reached != core::reached::interrupted &&
        (status == 0 || (status >= 300 && status < 500 && status != 408 && status != 425 && status != 499));
    if (status == 0 && refused)
        tunnel.replaced_at = {};  // the cloud was not reached
    if (!token.empty()) {
        tunnel.key = token;
        tunnel.rejections = 0;
    }
    if (token.empty() && !refused) {
        tunnel.key.clear();
        tunnel.unanswered = tunnel.sent_unanswered = tunnel.troubled = now;
        organization.unknown_of = tunnel.tunnel->settings.hostname;
        organization.unknown_since = now;
    } else if (status != 0) {
        if (!organization.unknown_of.empty())
            organization.unknown_until = now;
        organization.unknown_of.clear();
    }
}

void watch::kept(const core::tunnel_record& record) {
    auto& tunnel = at(record.id.hostname);
    tunnel.active = world_.loop.now().steady;
    if (record.last_error.find("s3cr3t") != std::string::npos)
        breaks(tunnel, "a secret stands in a record (7)");
    if (trace_.on)
        happens(record.id.hostname, std::string("disk: ") +
                                        (!record.open          ? "closed"
                                         : record.open->intent ? "intent"
                                         : record.key          ? "open, with a key"
                                                               : "open, without a key") +
                                        (record.confirmation_owed ? ", confirmation owed" : ""));
    if (!record.open)
        tunnel.key.clear();
    if (!record.open && record.last_success && record.last_error.empty())
        tunnel.fired = std::max(tunnel.fired, std::exchange(tunnel.fires, {}));
    if (!tunnel.excused || record.open || record.confirmation_owed || !record.last_success)
        return;
    const auto now = world_.loop.now();
    const auto succeeded = now.steady - (now.wall - *record.last_success);
    const auto enough = *tunnel.excused == excuse_for::never_rotated ? core::duration(0) : 3 * settle;
    if (succeeded > tunnel.excused_at + enough)
        tunnel.excused.reset();
}

}  // namespace tunnelkeyd::simulation
