#include "simulation/watch.hpp"

#include <algorithm>
#include <utility>

// What stays as it is, though it should not. What is sent, heard and written: watch_requests.cpp,
// watch_replies.cpp.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;

namespace {

// From the design: how long a tunnel may wait after the last thing that stood in its way.
constexpr core::duration longest_open_wait = 15min;  // slow, and urgent after ten unknowns
constexpr core::duration longest_open_pause = 1h;    // a cloud's 429
constexpr core::duration longest_calm_wait = 1h;     // calm.max
constexpr core::duration longest_calm_pause = 24h;   // Retry-After
constexpr core::duration settle = 10min;
constexpr core::duration an_attempt = 6min;  // a regenerate that times out at its longest, and its preflight

}  // namespace

watch::watch(tests::fake_world& world, const sites& all, trace& log) : world_(world), sites_(all), trace_(log) {
    world.wire.leaving = [this](const std::string& target, tests::call what) { sending(target, what); };
    world.wire.heard = [this](const std::string& target, tests::call what, const core::exchange& exchange) {
        heard(target, what, exchange);
    };
    world.cloud.before_regenerate = [this, check = world.cloud.before_regenerate](const core::identity& id) {
        check(id);
        regenerate_leaves(id);
    };
    world.instances.before_install = [this, check = world.instances.before_install](const core::instance& where,
                                                                                    const core::secret& key) {
        check(where, key);
        install_leaves(where, key);
    };
    world.journal.kept = [this](const core::tunnel_record& record) { kept(record); };
    world.journal.failed = [this](const core::tunnel_record& record) {
        at(record.id.hostname).troubled = world_.loop.now().steady;
        happens(record.id.hostname, "disk: a write fails");
    };
    world.log.keep = false;
}

void watch::add(const site& tunnel) {
    seen_.push_back({&tunnel,
                     &world_.cloud.tunnels.at(tunnel.settings.id()),
                     &world_.instances.at(tunnel.url.text()),
                     nullptr,
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     {},
                     0,
                     {},
                     {},
                     {}});
    by_hostname_[tunnel.settings.hostname] = &seen_.back();
}

void watch::excuse(const site& tunnel, excuse_for why) {
    auto& excused = at(tunnel.settings.hostname);
    excused.excused = why;
    excused.excused_at = world_.loop.now().steady;
}

void watch::started() {
    const auto now = world_.loop.now();
    started_ = troubled_ = now.steady;
    organizations_.clear();
    for (auto& each : seen_) {
        each.on_disk = nullptr;
        each.unanswered = now.steady;
        each.login_refused.reset();
        each.key.clear();
        const auto* record = on_disk(each);
        if (record && record->open && !record->open->intent && record->key && record->key->key &&
            now.wall - record->key->minted_at <= 1h)
            each.key = record->key->key->reveal();
    }
    happens("", "daemon: started");
}

void watch::before_reload() {
    reloaded_ = troubled_ = world_.loop.now().steady;
    for (auto& each : seen_)
        each.login_refused.reset();
    for (auto& [id, organization] : organizations_)
        organization.refused.reset();
    happens("", "people: reload");
}

void watch::before_restore() {
    const auto now = world_.loop.now().steady;
    for (auto& each : seen_) {
        const auto* record = on_disk(each);
        if (record && (record->open || record->confirmation_owed || now - each.unanswered < settle))
            excuse(*each.tunnel, excuse_for::restored_backup);
        each.on_disk = nullptr;
    }
}

bool watch::has_excused() const {
    return std::any_of(seen_.begin(), seen_.end(), [](const seen& each) { return each.excused.has_value(); });
}

void watch::forget_excuses() {
    for (auto& each : seen_)
        each.excused.reset();
}

void watch::trouble_everywhere() {
    troubled_ = world_.loop.now().steady;
}

void watch::happens(const std::string& hostname, const std::string& what) {
    trace_.write(world_.loop.now().wall, hostname, what);
}

void watch::breaks(const seen& tunnel, std::string what) {
    happens(tunnel.tunnel->settings.hostname, "BROKEN: " + what);
    if (!broken_.empty())
        return;
    broken_ = std::move(what);
    broken_at_ = tunnel.tunnel->settings.hostname;
}

const core::tunnel_record* watch::on_disk(seen& tunnel) {
    if (!tunnel.on_disk) {
        const auto found = world_.journal.records.find(tunnel.tunnel->settings.id());
        if (found != world_.journal.records.end())
            tunnel.on_disk = &found->second;
    }
    return tunnel.on_disk;
}

bool watch::can_work(const seen& tunnel) const {
    const auto& organization = tunnel.tunnel->settings.organization;
    const auto token = world_.secrets.values.find(tunnel.tunnel->base + "-pat");
    return world_.is_running() && !tunnel.tunnel->misplaced && !world_.journal.probe_fails &&
           token != world_.secrets.values.end() &&
           tunnel.at_instance->authorization == "Bearer " + token->second &&
           world_.cloud.api_keys.at(organization.id) ==
               world_.secrets.values.at(organization.name + "-api-key");
}

core::steady_time watch::free_since(const seen& tunnel, const core::tunnel_record& record,
                                    core::duration longest_wait) {
    const auto now = world_.loop.now();
    const auto& organization = organizations_[tunnel.tunnel->settings.organization.id];
    const auto troubled = std::max({tunnel.troubled, organization.troubled, troubled_});
    const auto retry_at = now.steady + (record.retry_at.value_or(now.wall) - now.wall);
    const auto wait = std::max({tunnel.told_to_wait, organization.told_to_wait, retry_at});
    return std::max(troubled, std::min(wait, troubled + longest_wait));
}

void watch::look_around() {
    if (const auto found = world_.broken(); !found.empty() && broken_.empty())
        broken_ = found.front();
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
    if (record->open)
        look_at_open(tunnel, *record);
    else if (tunnel.tunnel->configured)
        look_at_idle(tunnel, *record);
}

void watch::look_at_open(const seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now();
    const auto opened = now.steady - (now.wall - record.open->gap_opened_at);
    const auto free = std::max(free_since(tunnel, record, longest_open_pause), opened);
    if (now.steady - free > longest_open_wait + an_attempt && can_work(tunnel))
        breaks(tunnel, "the key gap stays open though nothing stands in its way (3)");
}

void watch::look_at_idle(const seen& tunnel, const core::tunnel_record& record) {
    const auto now = world_.loop.now();
    const auto& settings = tunnel.tunnel->settings;
    const bool is_first = !record.last_success && settings.schedule.first == core::first_rotation::now;
    const auto due = is_first ? record.first_seen
                              : record.last_success.value_or(record.first_seen) + settings.schedule.every +
                                    settings.schedule.jitter;
    const auto late = now.wall - due;
    if ((late < core::duration(0) && !record.confirmation_owed) || !can_work(tunnel) ||
        is_in_outage(settings.organization.id))
        return;
    const auto& organization = organizations_[settings.organization.id];
    const auto free = free_since(tunnel, record, longest_calm_pause);
    // Whoever has had no trouble since its last success has nothing to wait for.
    const auto idle_for = now.wall - record.last_success.value_or(record.first_seen);
    const bool backs_off = organization.refused || now.steady - std::max(tunnel.troubled, troubled_) < idle_for;
    const auto patience = (backs_off ? longest_calm_wait : core::duration(0)) + an_attempt;

    if (late > patience && now.steady - free > patience)
        breaks(tunnel, backs_off ? "a rotation is due, and does not begin though nothing stands in its way (3)"
                                 : "another one's trouble delays a rotation that is due (5)");
    const auto may_confirm = std::max(free, tunnel.unanswered + settle);
    if (record.confirmation_owed && now.steady - may_confirm > longest_calm_wait + an_attempt)
        breaks(tunnel, "a confirmation is owed, and does not come though nothing stands in its way (3)");
}

/// A regenerate of one of its tunnels ended unknown, and no key came since.
bool watch::is_in_outage(const std::string& organization_id) {
    return std::any_of(seen_.begin(), seen_.end(), [&](seen& each) {
        const auto* record = on_disk(each);
        return record && !each.tunnel->retired && record->id.organization_id == organization_id &&
               record->open && !record->key && (record->open->unknown || record->open->intent);
    });
}

bool watch::has_open_gap(const std::string& organization_id) {
    return std::any_of(seen_.begin(), seen_.end(), [&](seen& each) {
        const auto* record = on_disk(each);
        return record && record->id.organization_id == organization_id && record->open;
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
