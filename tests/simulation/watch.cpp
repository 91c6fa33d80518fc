#include "simulation/watch.hpp"

#include <algorithm>
#include <utility>

// What happens to the world. What is sent: watch_requests.cpp; heard and written: watch_replies.cpp; what stays
// as it is: watch_rounds.cpp.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;

watch::watch(tests::fake_world& world, trace& log) : world_(world), trace_(log) {
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
        if (record.open && record.open->intent)
            spends_request(organizations_[record.id.organization_id]);  // though it will not be sent
        happens(record.id.hostname, "disk: a write fails");
    };
    world.log.keep = false;
}

void watch::add(const site& tunnel) {
    auto& added = seen_.emplace_back();
    added.tunnel = &tunnel;
    added.at_cloud = &world_.cloud.tunnels.at(tunnel.settings.id());
    added.at_instance = &world_.instances.at(tunnel.url.text());
    by_hostname_[tunnel.settings.hostname] = &added;
}

void watch::excuse(const site& tunnel, excuse_for why) {
    auto& excused = at(tunnel.settings.hostname);
    excused.excused = why;
    excused.excused_at = world_.loop.now().steady;
}

void watch::started() {
    const auto now = world_.loop.now();
    troubled_ = now.steady;
    started_before_ = std::exchange(started_, now.steady);
    unheard_reload_ = false;
    // What the daemon keeps in memory only.
    for (auto& [id, organization] : organizations_) {
        organization.paused_since = organization.paused_until = {};
        organization.refused.reset();
        organization.unknown_of.clear();
        organization.bucket.reset();
    }
    for (auto& each : seen_) {
        each.on_disk = nullptr;
        each.unanswered = now.steady;
        each.may_log_in = true;  // a check in the background
        each.key.clear();
        each.asked.reset();
        const auto* record = on_disk(each);
        if (!record || !record->open)
            continue;
        if (!record->open->intent && record->key && record->key->key && now.wall - record->key->minted_at <= 1h)
            each.key = record->key->key->reveal();
        if (each.key.empty() && (record->open->intent || record->open->unknown || record->key) &&
            !each.tunnel->retired) {
            auto& organization = organizations_[record->id.organization_id];
            organization.unknown_of = record->id.hostname;
            organization.unknown_since = now.steady;
        }
    }
    happens("", "daemon: started");
}

/// The person has mended something, perhaps: it tries at once whatever was refused.
void watch::asked_for_rotation(const site& tunnel) {
    auto& of = at(tunnel.settings.hostname);
    of.asked = of.troubled = world_.loop.now().steady;
    of.may_log_in = true;
    of.slow = false;
    if (tunnel.misplaced)
        of.given_up = of.key;  // what is held is replaced
    auto& organization = organizations_[tunnel.settings.organization.id];
    if (std::exchange(organization.refused, std::nullopt))
        organization.troubled = world_.loop.now().steady;  // the others wait for what comes of it
    happens(tunnel.settings.hostname, "people: ask for a rotation");
}

void watch::paused_or_resumed(const site& tunnel) {
    at(tunnel.settings.hostname).troubled = world_.loop.now().steady;
}

void watch::gave_up_key(const site& tunnel) {
    auto& of = at(tunnel.settings.hostname);
    of.given_up = of.key;
    of.troubled = world_.loop.now().steady;
}

void watch::took_another_number(const site& tunnel) {
    breaks(tunnel.settings.hostname, "what is asked for one key is done for another");
}

void watch::killed() {
    for (auto& [id, organization] : organizations_)
        organization.regenerating = 0;
    for (auto& each : seen_)
        for (const auto what : {tests::call::regenerate, tests::call::install})
            if (world_.wire.under_way(each.tunnel->settings.hostname, what) > 0)
                each.sent_unanswered = world_.loop.now().steady;
    happens("", "daemon: killed");
}

void watch::before_reload() {
    reloaded_ = troubled_ = world_.loop.now().steady;
    unheard_reload_ = world_.is_running() && world_.supervisor().is_draining();
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
        if (record && (record->open || record->confirmation_owed || now - each.sent_unanswered < settle))
            excuse(*each.tunnel, excuse_for::restored_backup);
        each.on_disk = nullptr;
        each.login_refused.reset();  // what it knew of that is lost, too
        each.replaced_at = {};       // likewise
        each.fires = each.fired = {};
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

void watch::clock_steps() {
    stepped_ = troubled_ = world_.loop.now().steady;
}

void watch::too_many_requests(const std::string& organization_id) {
    // What earlier runs have sent within the same minute nobody knows: one start is allowed for, not several.
    if (world_.loop.now().steady - started_before_ > core::duration(70s))
        breaks("",
               "more requests of " + organization_id + " in a minute than the cloud takes: an avoidable 429");
}

void watch::happens(const std::string& hostname, const std::string& what) {
    trace_.write(world_.loop.now().wall, hostname, what);
}

void watch::breaks(const std::string& hostname, std::string what) {
    happens(hostname, "BROKEN: " + what);
    if (!broken_.empty())
        return;
    broken_ = std::move(what);
    broken_at_ = hostname;
}

void watch::breaks(const seen& tunnel, std::string what) {
    breaks(tunnel.tunnel->settings.hostname, std::move(what));
}

const core::tunnel_record* watch::on_disk(seen& tunnel) {
    if (!tunnel.on_disk) {
        const auto found = world_.journal.records.find(tunnel.tunnel->settings.id());
        if (found != world_.journal.records.end())
            tunnel.on_disk = &found->second;
    }
    return tunnel.on_disk;
}

}  // namespace tunnelkeyd::simulation
