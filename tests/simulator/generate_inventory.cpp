#include "simulator/inventory.hpp"
#include "simulator/random_text.hpp"

#include <array>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

/// jira, confluence, bitbucket, bamboo, jira-2, confluence-2, ...
std::string tunnel_name(unsigned index) {
    constexpr std::array<const char*, 4> products = {"jira", "confluence", "bitbucket", "bamboo"};
    const auto round = index / products.size() + 1;
    const std::string product = products[index % products.size()];
    return round == 1 ? product : product + "-" + std::to_string(round);
}

}  // namespace

inventory generate_inventory(const generation_wish& wish, const std::string& instances_url) {
    inventory made;
    for (unsigned i = 0; i < wish.organizations; ++i) {
        const auto name = i == 0 ? "acme" : "acme-" + std::to_string(i + 1);
        made.organizations.push_back({name, uuid_of(name), random_token(24)});
    }
    const auto shared_token = random_token(24);
    for (unsigned i = 0; i < wish.tunnels; ++i) {
        tunnel added;
        added.name = tunnel_name(i);
        added.organization = made.organizations[i % wish.organizations].name;
        added.id = uuid_of(added.name + ".tunnel");
        added.hostname = uuid_of(added.name);
        added.instance_url = added.on_premise_url = instances_url + "/" + added.name;
        added.token = wish.shared_token ? shared_token : random_token(24);
        added.username = "rotator";
        added.password = random_token(12);
        made.tunnels.push_back(std::move(added));
    }
    return made;
}

}  // namespace tunnelkeyd::simulator
