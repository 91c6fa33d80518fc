#include "core/schedule/due.hpp"
#include "simulation/watch.hpp"

#include <algorithm>

// What stays as it is, though it should not.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;

namespace {

// From the design: how long a tunnel may wait after the last thing that stood in its way.
constexpr core::duration longest_open_wait = 15min;  // slow, and urgent after ten unknowns
constexpr core::duration longest_open_pause = 1h;    // a cloud's 429
constexpr core::duration longest_calm_wait = 1h;     // calm.max
constexpr core::duration longest_calm_pause = 24h;   // Retry-After

}  // namespace

bool watch::can_work(const seen& tunnel) const {
    const auto token = world_.secrets.values.find(tunnel.tunnel->base + "-pat");
    return world_.is_running() && !tunnel.tunnel->misplaced && !world_.journal.probe_fails &&
           token != world_.secrets.values.end() &&
           tunnel.at_instance->authorization == "Bearer " + token->second &&
           has_good_api_key(tunnel.tunnel->settings.organization.id);
}

bool watch::has_good_api_key(const std::string& organization_id) const {
    const auto any = std::find_if(seen_.begin(), seen_.end(), [&](const seen& each) {
        return each.tunnel->settings.organization.id == organization_id;
    });
    return any != seen_.end() &&
           world_.cloud.api_keys.at(organization_id) ==
               world_.secrets.values.at(any->tunnel->settings.organization.name + "-api-key");
}

core::steady_time watch::free_since(const seen& tunnel, core::duration longest_wait) {
    const auto& organization = organizations_[tunnel.tunnel->settings.organization.id];
    const auto troubled = std::max({tunnel.troubled, organization.troubled, troubled_});
    const auto wait = std::max(tunnel.told_to_wait, organization.told_to_wait);
    return std::max(troubled, std::min(wait, troubled + longest_wait));
}

void watch::look_around() {
    if (const auto found = world_.broken(); !found.empty())
        breaks("", found.front());
    if (!world_.is_running())
        return;
    for (auto& each : seen_)
        if (!each.tunnel->retired)
            look_at(each);
}

void watch::look_at(seen& tunnel) {
    const auto* record = on_disk(tunnel);
    if (!record)
        return;
    if (!record->open && !record->confirmation_owed && !tunnel.excused &&
        tunnel.at_cloud->key != tunnel.at_instance->key)
        breaks(tunnel, "out of step, and the daemon takes it for well (2)");
    if (record->open && tunnel.tunnel->misplaced)
        look_at_held(tunnel, *record);
    else if (record->open)
        look_at_open(tunnel, *record);
    else if (tunnel.tunnel->configured)
        look_at_idle(tunnel, *record);
}

void watch::look_at_held(const seen& tunnel, const core::tunnel_record& record) {
    // It holds no key: none came, or a start dropped it, since it was over an hour old. Or a person wants
    // another.
    const bool replaces = record.key && record.key->rejections >= rejections_until_replaced;
    if (tunnel.key.empty() || tunnel.key == tunnel.given_up || replaces || record.open->intent ||
        world_.loop.now().steady - std::max(troubled_, tunnel.troubled) < an_attempt)
        return;
    const auto shown = world_.shown(tunnel.tunnel->settings.name);
    const bool loudly =
        shown && std::any_of(shown->problems.begin(), shown->problems.end(), [](const auto& each) {
            return each.code == "held" && each.severity == core::health::failing;
        });
    if (!loudly)
        breaks(tunnel, "its key is held, and nobody is told (2)");
}

void watch::look_at_open(const seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now();
    const auto opened = now.steady - (now.wall - record.open->gap_opened_at);
    const auto free = std::max(free_since(tunnel, longest_open_pause), opened);
    const auto patience = longest_open_wait + turns_of(organizations_[record.id.organization_id]) + an_attempt;
    if (now.steady - free > patience && can_work(tunnel))
        breaks(tunnel, "the key gap stays open though nothing stands in its way (3)");
}

void watch::look_at_idle(const seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now().steady;
    const auto& organization = tunnel.tunnel->settings.organization.id;
    if (is_late(tunnel, record) && can_work(tunnel) && !is_in_outage(organization))
        breaks(tunnel, "a rotation is due, and does not begin though nothing stands in its way (3, 5)");
    const auto may_confirm = std::max({free_since(tunnel, longest_calm_pause), tunnel.unanswered + settle,
                                       organizations_[organization].unknown_until});
    if (record.confirmation_owed && !record.paused_at && !waits_by_another_clock(record) &&
        now - may_confirm > longest_calm_wait + longest_line(organization) + an_attempt && can_work(tunnel) &&
        !is_in_outage(organization))
        breaks(tunnel, "a confirmation is owed, and does not come though nothing stands in its way (3)");
}

/// It was set lately: what is counted by it may take longer, or less.
bool watch::is_clock_doubtful() const {
    return stepped_ != core::steady_time() && world_.loop.now().steady - stepped_ < std::chrono::days(4);
}

/// What is left of a wait is counted by the clock at a start: a day at most.
bool watch::waits_by_another_clock(const core::tunnel_record& record) const {
    return is_clock_doubtful() && record.retry_at;
}

core::wall_time watch::occurrence_of(const seen& tunnel, const core::tunnel_record& record) {
    const auto& plan = tunnel.tunnel->settings.schedule;
    const auto base = core::counts_from(record);
    if (!record.last_success && plan.first == core::first_rotation::now)
        return base;
    return plan.cron ? plan.cron->next(base, plan.zone) : base + plan.every;
}

/// It is due for longer than anything explains that stood in its way.
bool watch::is_late(const seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now();
    const auto& plan = tunnel.tunnel->settings.schedule;
    const auto base = core::counts_from(record);
    const auto open = core::next_opening(plan.windows, plan.zone, now.wall);
    const auto since = std::max(occurrence_of(tunnel, record), open.from);
    const bool has_jitter = since == open.from || base != occurrence_of(tunnel, record);
    const auto late = now.wall - since - (has_jitter ? plan.jitter : core::duration(0));
    if (late < an_attempt || record.paused_at)
        return false;
    if (waits_by_another_clock(record))
        return false;
    // Whoever has had no trouble since its last success has nothing to wait for.
    const auto& organization = organizations_[tunnel.tunnel->settings.organization.id];
    const bool backs_off =
        organization.refused || now.steady - std::max(tunnel.troubled, troubled_) < now.wall - base;
    const auto patience = (backs_off ? longest_calm_wait : core::duration(0)) + turns_of(organization) +
                          longest_line(tunnel.tunnel->settings.organization.id) + an_attempt;
    const auto no_permit = all_permits_taken() ? now.steady : no_permit_;
    const auto free = std::max({free_since(tunnel, longest_calm_pause), organization.unknown_until, no_permit});
    return late > patience && now.steady - free > patience;
}

/// While its API key is refused, its tunnels take turns to probe it, and a probe may end without an answer.
core::duration watch::turns_of(const organization_seen& organization) const {
    constexpr core::duration a_turn = 30s;
    return organization.refused ? a_turn * static_cast<int>(seen_.size()) : core::duration(0);
}

/// A regenerate of one of its tunnels ended unknown, and no key came since.
bool watch::is_in_outage(const std::string& organization_id) {
    return std::any_of(seen_.begin(), seen_.end(), [&](seen& each) {
        const auto* record = on_disk(each);
        return record && !is_orphan(each, *record) && record->id.organization_id == organization_id &&
               record->open && !record->key && (record->open->unknown || record->open->intent);
    });
}

bool watch::has_open_gap(const std::string& organization_id) {
    return std::any_of(seen_.begin(), seen_.end(), [&](seen& each) {
        const auto* record = on_disk(each);
        const bool unwanted = record && record->key && record->key->rejections >= rejections_until_replaced;
        // A start may have dropped its key; one that the instance does not want is replaced.
        const bool held = each.tunnel->misplaced && !each.key.empty() && !unwanted;
        return record && !is_orphan(each, *record) && !held && record->id.organization_id == organization_id &&
               record->open;
    });
}

/// Where its key goes is its successor's, while that is configured there.
bool watch::is_orphan(const seen& tunnel, const core::tunnel_record& record) const {
    return tunnel.tunnel->retired && record.open &&
           std::any_of(seen_.begin(), seen_.end(), [&](const seen& other) {
               return other.tunnel->configured &&
                      other.tunnel->settings.instance.url.text() == record.open->instance_url;
           });
}

void watch::look_at_the_end(bool settled) {
    for (auto& each : seen_) {
        const auto* record = on_disk(each);
        if (each.tunnel->retired || !record)
            continue;
        if (record->open)
            breaks(each, "faults have stopped, and its key gap is still open (3)");
        else if (settled && each.tunnel->configured && record->confirmation_owed)
            breaks(each, "faults have stopped, and its confirmation is still owed (3)");
        else if (settled && each.tunnel->configured && !each.excused &&
                 each.at_cloud->key != each.at_instance->key)
            breaks(each, "faults have stopped, and it is out of step (2)");
    }
}

}  // namespace tunnelkeyd::simulation
