#include "simulation/people.hpp"

#include "support/schedules.hpp"

#include <algorithm>
#include <array>
#include <utility>

// What they configure. What they do wrong, and mend: people_mistakes.cpp.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_sites = 80;

std::string organization_name(unsigned number) {
    return "org" + std::to_string(number);
}

}  // namespace

people::people(tests::fake_world& world, weather& sky, watch& observer, sites& all, const temper& how,
               std::uint64_t seed)
    : world_(world), weather_(sky), watch_(observer), sites_(all), how_(how), by_(seed, 3), mistakes_(seed, 5) {
    set_up();
}

void people::set_up() {
    for (unsigned i = 0; i < how_.tunnels; ++i) {
        const auto name = (i < 10 ? "t0" : "t") + std::to_string(i);
        auto& tunnel = world_.add_tunnel(name, organization_name(i % how_.organizations));
        tunnel.schedule.every = how_.every;
        choose_schedule(tunnel.schedule);
        tunnel.instance.preflight.every = how_.checkup_every;
        if (i % 5 == 0)
            tunnel.schedule.first = core::first_rotation::now;
        auto made = std::make_unique<site>();
        made->settings = tunnel;
        made->base = name;
        made->url = tunnel.instance.url;
        made->other_url = world_.also_at(name, "https://" + name + "-b.example");
        weather_.add(tunnel);
        sites_.push_back(std::move(made));
    }
    for (const auto& each : sites_)
        watch_.add(*each);
    write_configuration();
}

void people::choose_schedule(core::schedule& into) {
    into.jitter = how_.jitter;
    into.zone = tests::zone_of(by_.one_of(
        std::array{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"}));
    into.cron.reset();
    if (by_.happens(how_.by_cron))
        into.cron = tests::cron_of(
            by_.one_of(std::array{"0 3 1 * *", "30 2 1,15 * *", "0 2 8-14 * sun", "45 1 1 */2 *", "@monthly"}));
    into.windows.clear();
    if (by_.happens(how_.in_windows))
        into.windows = by_.one_of(std::array<std::vector<core::window>, 4>{{
            {{0b100'0001, 1h, 5h}},                               // the weekend's nights
            {{0b111'1111, 22h, 2h}},                              // every night
            {{0b011'1110, 0h, 24h}},                              // the week's days
            {{0b000'0001, 2h, 3h}, {0b000'1000, 90min, 150min}},  // hours that clocks skip and repeat
        }});
}

void people::write_configuration() {
    world_.draft.tunnels.clear();
    for (const auto& each : sites_)
        if (each->configured)
            world_.draft.tunnels.push_back(each->settings);
}

void people::reload() {
    write_configuration();
    watch_.before_reload();
    if (world_.is_running() && !world_.supervisor().is_draining())
        world_.reload();
}

site* people::some_site() {
    site* found = nullptr;
    for (int i = 0; i < 3 && !found; ++i) {
        auto& one = *sites_[by_.pick(sites_.size())];
        if (may_change(one))
            found = &one;
    }
    return found;
}

void people::change_configuration() {
    for (auto changes = by_.pick(4); changes > 0; --changes)
        if (auto* where = some_site())
            change(*where);
    reload();
}

void people::change_configuration_of(const std::string& hostname) {
    auto* where = site_of(hostname);
    if (!where || !may_change(*where))
        return;
    change(*where);
    reload();
}

site* people::site_of(const std::string& hostname) const {
    const auto found = std::find_if(sites_.begin(), sites_.end(),
                                    [&](const auto& each) { return each->settings.hostname == hostname; });
    return found == sites_.end() ? nullptr : found->get();
}

void people::change(site& where) {
    auto& settings = where.settings;
    const auto what = by_.pick(8);
    // Where a tunnel was replaced, its key would come through if the new one went away: as it should.
    if ((where.is_successor && (what == 0 || what == 2 || what == 5)) || (!where.configured && what > 0))
        return;
    switch (what) {
    case 0:
        watch_.happens(settings.hostname, where.configured ? "people: remove it" : "people: put it back");
        where.configured = !where.configured;
        break;
    case 1:
        settings.name = settings.name == where.base ? where.base + " renamed" : where.base;
        watch_.happens(settings.hostname, "people: call it " + settings.name);
        break;
    case 2:
        settings.instance.url = settings.instance.url == where.url ? where.other_url : where.url;
        watch_.happens(settings.hostname, "people: move it to " + settings.instance.url.text());
        break;
    case 3:
        settings.schedule.every =
            by_.one_of(std::array<core::duration, 3>{how_.every, how_.every / 2, how_.every * 2});
        choose_schedule(settings.schedule);
        watch_.happens(settings.hostname, "people: another schedule");
        break;
    case 4:
        replace(where);
        break;
    case 5:
        if (auto* other = some_site(); other && other != &where && !other->is_successor)
            swap(where, *other);
        break;
    case 6:
        be_too_strict(where);
        break;
    default:  // a reload that changes nothing
        break;
    }
}

/// The tunnel is made anew at the cloud: another hostname for the same instance.
void people::replace(site& old) {
    if (sites_.size() >= most_sites || !old.configured)
        return;
    auto next = std::make_unique<site>(old);
    next->settings.hostname += "x";
    next->is_successor = true;
    next->settings.schedule.first = core::first_rotation::now;
    const auto url = old.url.text();
    world_.cloud.tunnels[next->settings.id()] = {"s3cr3t-key-" + next->settings.hostname + "-0", old.base, url,
                                                 0};
    world_.instances.at(url).target = next->settings.hostname;
    weather_.add(next->settings);
    watch_.add(*next);
    watch_.excuse(*next, watch::excuse_for::never_rotated);
    watch_.happens(old.settings.hostname, "people: replace it by " + next->settings.hostname);
    old.configured = false;
    old.retired = true;
    sites_.push_back(std::move(next));
}

}  // namespace tunnelkeyd::simulation
