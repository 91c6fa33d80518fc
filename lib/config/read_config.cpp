#include "config/read_config.hpp"

#include "config/read_directories.hpp"
#include "config/read_health.hpp"
#include "config/read_proxy.hpp"
#include "config/read_tunnel.hpp"
#include "config/read_values.hpp"
#include "config/taken.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace tunnelkeyd::config {

namespace {

constexpr core::word_for<unsigned> version_words[] = {{1, "1"}};
constexpr std::string_view default_cloud = "https://api.atlassian.com";

}  // namespace

// mapping::read_into() finds these by their arguments, and so not in an unnamed namespace.

static void read(const field& from, core::log_settings& into) {
    mapping map(from);
    map.read_into("level", into.level, core::log_level_words);
    map.read_into("format", into.format, core::log_format_words);
    map.finish();
}

static void read(const field& from, core::cloud_settings& into) {
    mapping map(from);
    map.read_into("url", into.url);
    map.read_into("max_in_flight", into.max_in_flight, 1U, 1024U);
    map.read_into("requests_per_minute", into.requests_per_minute, core::least_requests_per_minute, 100'000U);
    map.read_into("timeout", into.timeout);
    map.read_into("proxy", into.proxy);
    map.read_into("tls", into.tls);
    map.finish();
}

namespace {

/// Reads one file; lives for as long as that takes.
class config_reader {
public:
    config_reader(const environment& lookup, problems& warnings) : lookup_(lookup), warnings_(warnings) {}

    core::config read_top(const field& top);

private:
    void read_organization(const field& from, const field& list);
    tunnel_draft read_common(const std::optional<field>& defaults) const;
    void read_tunnels(const field& list, const tunnel_draft& defaults);
    void add_tunnel(const field& from, const field& list, tunnel_draft draft);
    bool is_known(const field& at, const tunnel_draft& draft) const;
    const core::organization* organization_of(const field& at, const tunnel_draft& draft) const;
    std::string organization_names() const;

    const environment& lookup_;
    problems& warnings_;
    core::config result_;
    std::unordered_map<std::string, std::size_t> by_name_;  ///< an organization's index
    bool organizations_known_ = true;  ///< false where one could not be read: it may be the one that is meant
    taken organization_names_taken_, ids_taken_, names_taken_, identities_taken_, urls_taken_;
};

void config_reader::read_organization(const field& from, const field& list) {
    mapping map(from);
    core::organization read_one;
    const auto name = map.require("name", "each organization needs one, for people");
    const bool named = name && read_name(*name, read_one.name, 100);
    if (named)
        organization_names_taken_.claim(list, from.at, *name->value, "name", read_one.name,
                                        shown(read_one.name));
    const auto id = map.require("id", "it stands in the organization's URL at admin.atlassian.com");
    if (id && read_name(*id, read_one.id, 128))
        ids_taken_.claim(list, from.at, *id->value, "id", read_one.id, shown(read_one.id));
    if (const auto key = map.require("api_key", "write {file: PATH}"))
        read(*key, read_one.api_key);
    map.read_into("api_key_expires", read_one.api_key_expires);
    map.finish();
    organizations_known_ = organizations_known_ && named;
    if (named && by_name_.emplace(read_one.name, result_.organizations.size()).second)
        result_.organizations.push_back(std::move(read_one));
}

std::string config_reader::organization_names() const {
    constexpr std::size_t most = 10;
    if (result_.organizations.empty())
        return {};
    std::string text = "; there are: ";
    for (std::size_t i = 0; i < std::min(result_.organizations.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + result_.organizations[i].name;
    return result_.organizations.size() > most ? text + ", ..." : text;
}

/// Whether the organization that the draft names is there; reported where it is not.
bool config_reader::is_known(const field& at, const tunnel_draft& draft) const {
    if (by_name_.contains(draft.organization))
        return true;
    if (organizations_known_)
        at.errors->add(draft.organization_at->where, path{&at.at, "organization"},
                       "there is no organization " + shown(draft.organization) + organization_names());
    return false;
}

const core::organization* config_reader::organization_of(const field& at, const tunnel_draft& draft) const {
    if (draft.organization_wrong)
        return nullptr;
    if (draft.organization_at != nullptr)
        return is_known(at, draft) ? &result_.organizations[by_name_.at(draft.organization)] : nullptr;
    if (result_.organizations.size() == 1)
        return &result_.organizations.front();
    if (organizations_known_)
        at.errors->add(at.value->where, path{&at.at, "organization"},
                       "is missing; it may be left out only where there is exactly one" + organization_names());
    return nullptr;
}

void config_reader::add_tunnel(const field& from, const field& list, tunnel_draft draft) {
    read_tunnel(from, draft);
    auto& tunnel = draft.tunnel;
    if (draft.name_at != nullptr)
        names_taken_.claim(list, from.at, *draft.name_at, "name", tunnel.name, shown(tunnel.name));
    if (draft.url_at != nullptr)
        urls_taken_.claim(list, from.at, *draft.url_at, "instance.url", tunnel.instance.url.text(),
                          "this instance");
    const auto* organization = organization_of(from, draft);
    if (organization == nullptr)
        return;
    tunnel.organization = *organization;
    if (draft.hostname_at != nullptr && !organization->id.empty())
        identities_taken_.claim(list, from.at, *draft.hostname_at, "hostname",
                                organization->id + "/" + tunnel.hostname,
                                shown(tunnel.hostname) + " of this organization");
    if (draft.auth)
        tunnel.instance.auth = std::move(*draft.auth);
    if (list.errors->empty())
        result_.tunnels.push_back(std::move(tunnel));
}

tunnel_draft config_reader::read_common(const std::optional<field>& defaults) const {
    tunnel_draft draft;
    if (!defaults)
        return draft;
    read_defaults(*defaults, draft);
    if (draft.organization_at != nullptr && !is_known(*defaults, draft))
        draft.organization_wrong = true;
    return draft;
}

void config_reader::read_tunnels(const field& list, const tunnel_draft& defaults) {
    const bool any = list.value->type == node::kind::list && list.value->first != nullptr;
    if (any && result_.organizations.empty() && organizations_known_) {
        list.errors->add(list.value->where, path{list.at.parent, "organizations"},
                         "is missing or empty, and each tunnel belongs to one");
        organizations_known_ = false;
    }
    std::size_t count = 0;
    for (const auto* item = list.value->first; item != nullptr; item = item->next)
        ++count;
    result_.tunnels.reserve(std::min<std::size_t>(count, 100'000));  // a longer list may well be wrong
    for_items(list, [&](const field& item) { add_tunnel(item, list, defaults); });
}

core::config config_reader::read_top(const field& top) {
    mapping map(top);
    unsigned version = 1;
    if (const auto found = map.require("version", "write \"version: 1\""))
        read(*found, version, version_words);
    const directories_reader directories(top, lookup_, warnings_);
    directories.read_state(map.find("state"), result_.state);
    map.read_into("health", result_.health, warnings_);
    directories.read_control(map.find("control"), result_.control);
    map.read_into("log", result_.log);
    result_.cloud.url = *core::parse_base_url(default_cloud);
    map.read_into("cloud", result_.cloud);
    if (const auto list = map.find("organizations"))
        organizations_known_ = for_items(*list, [&](const field& item) { read_organization(item, *list); }) &&
                               organizations_known_;
    else
        organizations_known_ = !map.has("organizations");
    const auto defaults = read_common(map.find("defaults"));
    if (const auto list = map.find("tunnels"))
        read_tunnels(*list, defaults);
    map.finish();
    return std::move(result_);
}

}  // namespace

core::config read_config(const field& top, const environment& lookup, problems& warnings) {
    return config_reader(lookup, warnings).read_top(top);
}

}  // namespace tunnelkeyd::config
