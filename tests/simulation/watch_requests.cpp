#include "simulation/watch.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

// What is sent, heard and written.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;
using tests::call;

namespace {

constexpr core::duration settle = 10min;
constexpr core::duration preflight_lasts = 60s;
constexpr core::duration whoami_takes = 70s;        // at most
constexpr core::duration between_logins = 1h - 1s;  // calm.max, once a login was refused
constexpr core::duration a_preflight = 5min;        // at most; one that a reload overtook is repeated
constexpr unsigned most_rejections = 400;           // of one key: it is replaced once an hour at most
constexpr core::duration between_replacements = 1h - 1s;
constexpr unsigned rejections_until_replaced = 5;
constexpr core::duration in_passing = 10ms;  // between a permit and its request
// Urgent backoff goes up to a minute, with full jitter: 120 an hour on average, and a few more at its
// beginning.
constexpr std::size_t too_many_in_an_hour = 300;

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

/// "s3cr3t-key-HOSTNAME-NUMBER"
std::string owner_of(std::string_view key) {
    constexpr std::string_view before = "s3cr3t-key-";
    return std::string(key.substr(before.size(), key.rfind('-') - before.size()));
}

bool is_success(const core::exchange& seen) {
    return seen.reached == core::reached::reply && seen.status >= 200 && seen.status < 300;
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

constexpr std::string_view names[] = {"organization", "regenerate", "status", "whoami", "install"};

}  // namespace

void watch::digest(std::uint64_t number) {
    digest_ = (digest_ ^ number) * 0x100000001b3ULL;
}

void watch::sending(const std::string& target, call what) {
    const auto now = world_.loop.now().steady;
    digest(static_cast<std::uint64_t>(now.time_since_epoch().count()) * 8 + static_cast<std::uint64_t>(what));
    for (const char letter : target)
        digest(static_cast<unsigned char>(letter));
    if (trace_.on && what != call::organization)
        happens(target, "-> " + std::string(names[static_cast<int>(what)]));

    if (what == call::organization) {
        const auto& refused = organizations_[target].refused;
        const bool soon = refused && now - *refused > in_passing && now - *refused < between_logins;
        if (soon && !has_open_gap(target))
            breaks(seen_.front(), "an API key that was refused is tried again too soon");
    } else if (what == call::status) {
        at(target).asked_for_status = now;
    } else if (what == call::whoami) {
        auto& tunnel = at(target);
        const auto* record = on_disk(tunnel);
        const bool knew = tunnel.login_refused && tunnel.asked_for_status > *tunnel.login_refused;
        if (!tunnel.tunnel->misplaced && knew && now - *tunnel.login_refused < between_logins &&
            !(record && record->open))
            breaks(tunnel, "it logs in again too soon after it was refused");
    }
}

void watch::heard(const std::string& target, call what, const core::exchange& exchange) {
    if (trace_.on && (what != call::organization || exchange.status == 401 || exchange.status == 429))
        happens(what == call::organization ? "" : target, "<- " + std::string(names[static_cast<int>(what)]) +
                                                              (what == call::organization ? " " + target : "") +
                                                              ": " + shown(exchange));
    const auto now = world_.loop.now().steady;
    if (what == call::organization)
        return heard_cloud(organizations_[target], exchange);

    auto& tunnel = at(target);
    if (!is_success(exchange)) {
        tunnel.troubled = now;
        tunnel.told_to_wait =
            std::max(tunnel.told_to_wait, now + std::min(wait_in(exchange), core::duration(24h)));
    }
    switch (what) {
    case call::regenerate:
        heard_cloud(organizations_[tunnel.tunnel->settings.organization.id], exchange);
        return heard_regenerate(tunnel, exchange);
    case call::status:
        if (exchange.body.reveal().find("RUNNING") != std::string_view::npos)
            tunnel.status_good = now;
        else
            tunnel.troubled = now;
        return;
    case call::whoami: {
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
        else if (const auto* record = on_disk(tunnel);
                 now - reloaded_ > a_preflight && (!record || !record->open))
            tunnel.login_refused = now;
        return;
    }
    case call::install:
        if ((exchange.status == 400 || exchange.status == 422) && ++tunnel.rejections > most_rejections)
            breaks(tunnel, "a key that its instance rejects is not replaced");
        if (exchange.body.reveal().find("<html") != std::string_view::npos)
            tunnel.troubled = now;
        if (exchange.reached == core::reached::interrupted || exchange.status / 100 == 5 ||
            exchange.status == 408)
            tunnel.unanswered = now;
        return;
    default:
        return;
    }
}

void watch::heard_cloud(organization_seen& organization, const core::exchange& exchange) {
    if (exchange.reached != core::reached::reply)
        return;
    const auto now = world_.loop.now().steady;
    if (exchange.status == 429) {
        const bool unspecified = exchange.retry_after.empty() || wait_in(exchange) == core::duration(0);
        const auto until =
            now + (unspecified ? core::duration(1min) : std::min(wait_in(exchange), core::duration(24h)));
        organization.told_to_wait = std::max(organization.told_to_wait, until);
        organization.paused_until = unspecified ? std::max(until, organization.paused_until) : until;
        organization.paused_since = organization.troubled = now;
    } else if (exchange.status == 401) {
        organization.refused = organization.troubled = now;
    } else if (is_success(exchange) || exchange.status == 403) {
        if (organization.refused.has_value())
            organization.troubled = now;
        organization.refused.reset();
    }
}

void watch::heard_regenerate(seen& tunnel, const core::exchange& exchange) {
    const auto now = world_.loop.now().steady;
    auto& organization = organizations_[tunnel.tunnel->settings.organization.id];
    const auto token = is_success(exchange) ? token_in(exchange) : std::string_view();
    const unsigned status = exchange.status;
    const bool refused =
        exchange.reached != core::reached::interrupted &&
        (status == 0 || (status >= 300 && status < 500 && status != 408 && status != 425 && status != 499));
    if (!token.empty()) {
        tunnel.key = token;
        tunnel.rejections = 0;
    }
    if (token.empty() && !refused) {
        tunnel.key.clear();
        tunnel.unanswered = tunnel.troubled = now;
        organization.unknown_of = tunnel.tunnel->settings.hostname;
        organization.unknown_since = now;
    } else if (status != 0) {
        organization.unknown_of.clear();
    }
}

void watch::count(std::deque<core::steady_time>& times, const seen& of, const char* what) {
    const auto now = world_.loop.now().steady;
    while (!times.empty() && now - times.front() > core::duration(1h))
        times.pop_front();
    times.push_back(now);
    most_in_an_hour_ = std::max(most_in_an_hour_, static_cast<unsigned>(times.size()));
    if (times.size() > too_many_in_an_hour)
        breaks(of, what);
}

void watch::regenerate_leaves(const core::identity& id) {
    const auto now = world_.loop.now().steady;
    auto& tunnel = at(id.hostname);
    const auto& organization = organizations_[id.organization_id];
    const auto* record = on_disk(tunnel);
    if (const auto found = world_.broken(); !found.empty() || !record || !record->open)
        return breaks(tunnel, found.empty() ? "no intent on disk (1)" : found.front() + " (1, 4)");

    count(tunnel.regenerates, tunnel, "it regenerates far too often");

    const auto& place = at(world_.instances.at(tunnel.tunnel->settings.instance.url.text()).target);
    if (tunnel.tunnel->configured &&
        now - std::min(place.status_good + whoami_takes, place.login_good) > preflight_lasts + in_passing)
        breaks(tunnel, "it regenerates without a preflight that passed in the last minute");

    const bool replaces = record->key && record->key->rejections >= rejections_until_replaced;
    if (!tunnel.key.empty() && !replaces)
        breaks(tunnel, "it asks for another key though it has one");
    if (replaces && now - std::exchange(tunnel.replaced_at, now) < between_replacements)
        breaks(tunnel, "it replaces a rejected key twice in an hour");

    const bool first = record->open->regenerates == 1;
    const auto paused_until =
        first ? organization.paused_until
              : std::min(organization.paused_until, organization.paused_since + core::duration(1h));
    if (now < paused_until && now - organization.paused_since > in_passing)
        breaks(tunnel, "it regenerates though the cloud asked its organization to wait");
    if (first)
        begins(tunnel, *record);
}

/// The first regenerate of a rotation: was it time?
void watch::begins(seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now();
    const auto& settings = tunnel.tunnel->settings;
    const auto began_at = now.steady - (now.wall - record.open->began_at);
    const auto& organization = organizations_[settings.organization.id];
    if (began_at < reloaded_)
        return;  // it was time by the settings of before
    switch (record.open->why) {
    case core::reason::scheduled:
    case core::reason::catch_up:
        if (record.open->began_at < record.last_success.value_or(record.first_seen) + settings.schedule.every)
            breaks(tunnel, "it rotates before it is due (6)");
        break;
    case core::reason::first:
        if (record.last_success)
            breaks(tunnel, "it rotates for the first time, a second time (6)");
        break;
    case core::reason::confirm:
        if (!record.confirmation_owed || began_at < tunnel.unanswered + settle)
            breaks(tunnel, "a confirmation begins while earlier requests may still take effect");
        break;
    case core::reason::manual:
        return;
    }
    const auto other = by_hostname_.find(organization.unknown_of);
    if (other != by_hostname_.end() && other->second->tunnel->configured && other->second != &tunnel &&
        now.steady - organization.unknown_since > in_passing)
        breaks(tunnel, "a rotation begins while its organization's latest regenerate is unknown");
}

void watch::install_leaves(const core::instance& where, const core::secret& key) {
    auto& tunnel = at(owner_of(key.reveal()));
    const auto& owner = *tunnel.tunnel;
    if (const auto found = world_.broken(); !found.empty())
        return breaks(tunnel, found.front() + " (1, 4)");
    count(tunnel.installs, tunnel, "it installs far too often");
    if (tunnel.key != key.reveal())
        breaks(tunnel, "a key is sent that the cloud may have replaced");
    if (where.url != owner.url && where.url != owner.other_url)
        breaks(tunnel, "a key is sent to an instance that is not its own");
    if (owner.misplaced && owner.configured)
        breaks(tunnel, "a key is sent that a guard must hold");
    if (owner.configured && where.url != owner.settings.instance.url)
        breaks(tunnel, "a key is sent where its instance was before a reload");
}

void watch::kept(const core::tunnel_record& record) {
    auto& tunnel = at(record.id.hostname);
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
    if (!tunnel.excused || record.open || record.confirmation_owed || !record.last_success)
        return;
    const auto now = world_.loop.now();
    const auto succeeded = now.steady - (now.wall - *record.last_success);
    const auto enough = *tunnel.excused == excuse_for::never_rotated ? core::duration(0) : 3 * settle;
    if (succeeded > tunnel.excused_at + enough)
        tunnel.excused.reset();
}

}  // namespace tunnelkeyd::simulation
