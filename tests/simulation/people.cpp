#include "simulation/people.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_sites = 80;
constexpr core::duration usual_mending = std::chrono::hours(20);

std::string organization_name(unsigned number) {
    return "org" + std::to_string(number);
}

}  // namespace

people::people(tests::fake_world& world, weather& sky, watch& observer, sites& all, const temper& how,
               std::uint64_t seed)
    : world_(world), weather_(sky), watch_(observer), sites_(all), how_(how), by_(seed, 3) {
    set_up();
}

void people::set_up() {
    for (unsigned i = 0; i < how_.tunnels; ++i) {
        const auto name = (i < 10 ? "t0" : "t") + std::to_string(i);
        auto& tunnel = world_.add_tunnel(name, organization_name(i % how_.organizations));
        tunnel.schedule.every = how_.every;
        tunnel.schedule.jitter = how_.jitter;
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

void people::write_configuration() {
    world_.draft.tunnels.clear();
    for (const auto& each : sites_)
        if (each->configured)
            world_.draft.tunnels.push_back(each->settings);
}

void people::reload() {
    write_configuration();
    watch_.before_reload();
    if (world_.is_running())
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
    const auto found = std::find_if(sites_.begin(), sites_.end(),
                                    [&](const auto& each) { return each->settings.hostname == hostname; });
    if (found == sites_.end() || !may_change(**found))
        return;
    change(**found);
    reload();
}

void people::change(site& where) {
    auto& settings = where.settings;
    const auto what = by_.pick(8);
    // Where a tunnel was replaced, its key would come through if the new one went away: as it should.
    if (where.is_successor && (what == 0 || what == 2 || what == 5))
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

/// By mistake, each is told to be where the other is.
void people::swap(site& one, site& other) {
    // A guard can only know a tunnel's instance by the URL that the cloud names.
    if (!one.configured || !other.configured || one.settings.instance.url != one.url ||
        other.settings.instance.url != other.url)
        return;
    watch_.happens(one.settings.hostname, "people: swap it with " + other.settings.hostname);
    watch_.happens(other.settings.hostname, "people: swap it with " + one.settings.hostname);
    std::swap(one.settings.instance.url, other.settings.instance.url);
    std::swap(one.settings.instance.auth, other.settings.instance.auth);
    one.misplaced = other.misplaced = true;
    mend_later(
        [&] {
            std::swap(one.settings.instance.url, other.settings.instance.url);
            std::swap(one.settings.instance.auth, other.settings.instance.auth);
            one.misplaced = other.misplaced = false;
        },
        true);
}

void people::be_too_strict(site& where) {
    watch_.happens(where.settings.hostname, "people: expect another onPremiseUrl");
    where.settings.instance.on_premise_url = core::parse_base_url("https://elsewhere.example");
    where.misplaced = true;
    mend_later(
        [&] {
            where.settings.instance.on_premise_url.reset();
            where.misplaced = false;
        },
        true);
}

void people::spoil_credentials() {
    auto* where = some_site();
    if (!where)
        return;
    switch (by_.pick(3)) {
    case 0:
        return spoil_token(*where);
    case 1:
        return spoil_api_key(where->settings.organization.name);
    default:
        return lose_secret(*where);
    }
}

void people::spoil_token(site& where) {
    watch_.happens(where.settings.hostname, "people: its token expires");
    const auto secret = where.base + "-pat";
    const auto renewed = "s3cr3t-pat-" + std::to_string(++made_);
    world_.instances.at(where.url.text()).authorization = "Bearer " + renewed;
    mend_later(
        [this, secret, renewed, url = where.url.text()] {
            // Another one may have expired meanwhile: what counts is that both sides know the same.
            world_.secrets.values[secret] = renewed;
            world_.instances.at(url).authorization = "Bearer " + renewed;
        },
        by_.happens(0.5));
}

void people::spoil_api_key(const std::string& organization) {
    watch_.happens("", "people: the API key of " + organization + " expires");
    const auto renewed = "s3cr3t-api-" + std::to_string(++made_);
    world_.cloud.api_keys[organization + "-id"] = renewed;
    mend_later(
        [this, organization, renewed] {
            world_.secrets.values[organization + "-api-key"] = renewed;
            world_.cloud.api_keys[organization + "-id"] = renewed;
        },
        by_.happens(0.5));
}

void people::lose_secret(site& where) {
    const auto name = where.base + "-pat";
    const auto found = world_.secrets.values.find(name);
    if (found == world_.secrets.values.end())
        return;
    watch_.happens(where.settings.hostname, "people: the file with its token is gone");
    mend_later([this, name, value = found->second] { world_.secrets.values.try_emplace(name, value); },
               by_.happens(0.5));
    world_.secrets.values.erase(found);
}

void people::mend_later(std::function<void()> mend, bool reload) {
    const auto after = by_.about(usual_mending);
    tasks_.push_back({world_.loop.now().steady + after, std::move(mend), reload});
    world_.loop.post(after, [this] { mend_due(); });
}

void people::mend_due() {
    const auto now = world_.loop.now().steady;
    bool wants_reload = false;
    for (auto& each : tasks_)
        if (each.at <= now) {
            each.mend();
            wants_reload |= each.reload;
        }
    std::erase_if(tasks_, [&](const task& each) { return each.at <= now; });
    watch_.happens("",
                   wants_reload ? "people: something is mended, and reloaded" : "people: something is mended");
    watch_.trouble_everywhere();
    if (wants_reload)
        reload();
}

void people::mend_everything() {
    bool wants_reload = false;
    for (auto& each : tasks_) {
        each.mend();
        wants_reload |= each.reload;
    }
    tasks_.clear();
    watch_.happens("", "people: everything is mended");
    if (wants_reload)
        reload();
}

}  // namespace tunnelkeyd::simulation
