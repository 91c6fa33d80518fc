#include "support/fake_world.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::tests {

fake_world::fake_world(std::uint64_t seed) : random(seed) {
    draft.cloud.url = *core::parse_base_url("https://api.example");
    draft.cloud.requests_per_minute = 1'000'000;  // nobody waits for it but where a test wants that
    const auto told = [this](const std::string& what) {
        if (record_calls)
            calls.push_back(what);
    };
    secrets.told = journal.told = cloud.told = instances.told = told;
    cloud.before_regenerate = [this](const core::identity& id) { check_regenerate(id); };
    instances.before_install = [this](const core::instance& at, const core::secret& key) {
        check_install(at, key);
    };
}

fake_world::~fake_world() = default;

core::tunnel& fake_world::add_tunnel(const std::string& name, const std::string& organization) {
    core::tunnel tunnel;
    tunnel.name = name;
    tunnel.hostname = name + "-host";
    tunnel.organization = {organization, organization + "-id", {{}, organization + "-api-key"}};
    tunnel.instance.url = *core::parse_base_url("https://" + name + ".example");
    tunnel.instance.auth = core::bearer_auth{{{}, name + "-pat"}};
    tunnel.instance.preflight.every.reset();

    secrets.values[organization + "-api-key"] = "s3cr3t-api-" + organization;
    secrets.values[name + "-pat"] = "s3cr3t-pat-" + name;
    cloud.api_keys[organization + "-id"] = "s3cr3t-api-" + organization;
    const auto url = tunnel.instance.url.text();
    const std::string key = "s3cr3t-key-" + tunnel.hostname + "-0";
    cloud.tunnels[tunnel.id()] = {key, name, url};
    instances.products[url] = {
        tunnel.hostname, key, "Bearer s3cr3t-pat-" + name, "RUNNING", 200, name, {}, {}, {}};
    ids_[name] = tunnel.id();
    linked_[url] = tunnel.id();
    return draft.tunnels.emplace_back(std::move(tunnel));
}

void fake_world::add_due_tunnels(const std::string& prefix, const std::string& organization, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
        add_tunnel(prefix + std::to_string(i), organization).schedule.first = core::first_rotation::now;
}

core::tunnel& fake_world::tunnel(const std::string& name) {
    return *std::find_if(draft.tunnels.begin(), draft.tunnels.end(),
                         [&](const core::tunnel& each) { return each.name == name; });
}

void fake_world::remove_tunnel(const std::string& name) {
    std::erase_if(draft.tunnels, [&](const core::tunnel& each) { return each.name == name; });
}

ports::journal_contents fake_world::contents(const core::config& config) const {
    ports::journal_contents found;
    found.salt = salt;
    std::set<core::identity> configured;
    for (const auto& each : config.tunnels)
        configured.insert(each.id());
    for (const auto& [id, record] : journal.records) {
        auto copy = record;
        if (unsealable && copy.key)
            copy.key->key = nullptr;
        if (configured.contains(id))
            found.records.push_back(std::move(copy));
        else if (!copy.open)
            found.strays.insert(found.strays.end(), copy.strays.begin(), copy.strays.end());
        else
            found.leftovers.push_back({std::move(copy), snapshots_unreadable
                                                            ? nullptr
                                                            : std::make_shared<core::tunnel>(settled_.at(id))});
    }
    return found;
}

/// The draft is in force: its organizations are its tunnels', and where keys belong is what it says.
void fake_world::settle() {
    draft.organizations.clear();
    std::set<std::string> seen;
    for (const auto& each : draft.tunnels)
        if (seen.insert(each.organization.id).second)
            draft.organizations.push_back(each.organization);
    for (const auto& each : draft.tunnels) {
        settled_.insert_or_assign(each.id(), each);
        linked_.insert_or_assign(each.instance.url.text(), each.id());
    }
}

void fake_world::make() {
    settle();
    auto config = std::make_shared<const core::config>(draft);
    quiet_ = 0;
    const app::outside outside{loop, random, secrets, journal, cloud, instances, log, metrics, certificates};
    auto found = contents(*config);
    supervisor_ = std::make_unique<app::supervisor>(outside, std::move(config), std::move(found));
}

void fake_world::start() {
    make();
    supervisor_->start();
}

void fake_world::start_once(const std::vector<std::string>& names, core::duration max_wait) {
    make();
    supervisor_->start_once(names, loop.now().steady + max_wait, [this] { ++quiet_; });
}

core::config_changes fake_world::reload() {
    settle();
    auto config = std::make_shared<const core::config>(draft);
    auto found = contents(*config);
    return supervisor_->apply(std::move(config), std::move(found.records));
}

void fake_world::drain(core::duration within) {
    supervisor_->drain(loop.now().steady + within, [this] { ++quiet_; });
}

void fake_world::kill() {
    loop.kill();
    wire.kill();
    supervisor_.reset();
}

void fake_world::crash() {
    kill();
    start();
}

bool fake_world::run_until_quiet(core::duration limit) {
    const auto until = loop.now().steady + limit;
    while (quiet_ == 0)
        if (!loop.step(until))
            return false;
    return true;
}

core::identity fake_world::id_of(const std::string& name) const {
    return ids_.at(name);
}

const core::tunnel_record& fake_world::record(const std::string& name) const {
    return journal.records.at(id_of(name));
}

const std::vector<core::history_entry>& fake_world::history(const std::string& name) {
    return journal.history[id_of(name)];
}

unsigned fake_world::rotated(const std::string& name) {
    const auto& lines = history(name);
    return static_cast<unsigned>(std::count_if(lines.begin(), lines.end(), [](const core::history_entry& line) {
        return line.how == core::outcome::installed;
    }));
}

unsigned fake_world::rotated(const std::string& prefix, unsigned count) {
    unsigned sum = 0;
    for (unsigned i = 0; i < count; ++i)
        sum += rotated(prefix + std::to_string(i)) > 0;
    return sum;
}

fake_instances::product& fake_world::at_instance(const std::string& name) {
    return instances.products.at("https://" + name + ".example");
}

bool fake_world::in_step(const std::string& name) {
    return at_cloud(name).key == at_instance(name).key;
}

bool fake_world::all_in_step() {
    return std::all_of(ids_.begin(), ids_.end(), [&](const auto& each) { return in_step(each.first); });
}

bool fake_world::in_step(const core::tunnel& configured) {
    return cloud.tunnels.at(configured.id()).key == instances.at(configured.instance.url.text()).key;
}

core::overview fake_world::overview(const core::extent& extent) const {
    core::overview seen;
    seen.at = loop.now().wall;
    supervisor_->describe(seen, extent);
    return seen;
}

std::shared_ptr<const core::tunnel_overview> fake_world::shown(const std::string& name) const {
    for (const auto& each : overview().tunnels)
        if (each.name == name)
            return std::make_shared<core::tunnel_overview>(each);
    return nullptr;
}

bool fake_world::run_until(const std::function<bool()>& reached, core::duration limit) {
    const auto until = loop.now().steady + limit;
    while (!reached())
        if (!loop.step(until))
            return false;
    return true;
}

core::base_url fake_world::also_at(const std::string& name, const std::string& url) {
    const auto parsed = core::parse_base_url(url);
    instances.moved[parsed->text()] = "https://" + name + ".example";
    linked_[parsed->text()] = id_of(name);
    return *parsed;
}

void fake_world::check_regenerate(const core::identity& id) {
    const auto on_disk = journal.records.find(id);
    if (on_disk == journal.records.end() || !on_disk->second.open || !on_disk->second.open->intent)
        broken_.insert("a regenerate left before its intent was on disk");
    if (wire.under_way(id.hostname, call::regenerate) + wire.under_way(id.hostname, call::install) > 0)
        broken_.insert("one tunnel had two rotations at work");
}

void fake_world::check_install(const core::instance& at, const core::secret& key) {
    const auto id = linked_.at(at.url.text());
    const auto on_disk = journal.records.find(id);
    const bool sealed = on_disk != journal.records.end() && on_disk->second.key && on_disk->second.key->key &&
                        *on_disk->second.key->key == key;
    if (!sealed && journal.failures_of(id) < 2)
        broken_.insert("an install left before its key was on disk, or with a key of another tunnel");
    if (wire.under_way(id.hostname, call::regenerate) + wire.under_way(id.hostname, call::install) > 0)
        broken_.insert("one tunnel had two rotations at work");
}

std::vector<std::string> fake_world::broken() const {
    std::vector<std::string> all(broken_.begin(), broken_.end());
    if (log.leaked())
        all.emplace_back("a secret stood in a notice");
    if (wire.most_under_way(call::regenerate) > draft.cloud.max_in_flight)
        all.emplace_back("more regenerates than cloud.max_in_flight were under way");
    return all;
}

}  // namespace tunnelkeyd::tests
