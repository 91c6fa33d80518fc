#include "app/cloud_examiner.hpp"

#include "app/credentials.hpp"
#include "core/examination.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::app {

namespace {

constexpr core::duration good_lasts = std::chrono::seconds(10);
// Less than it takes to mend something and to ask again.
constexpr core::duration bad_lasts = std::chrono::seconds(2);

bool is_good(const cloud_examiner::answer& found) {
    return found.secret.came_out != core::check_line::result::failed &&
           core::examination{"", found.cloud}.passed();
}

}  // namespace

void cloud_examiner::examine(const core::organization& organization, handler done) {
    const auto now = world_.clock.now().steady;
    std::erase_if(questions_, [now](const auto& each) { return each.second->good_until <= now; });
    if (const auto known = questions_.find(organization.id);
        known != questions_.end() && known->second->about == organization) {
        if (known->second->good_until == core::steady_time::max())
            known->second->waiting.push_back(std::move(done));
        else
            done(known->second->found);
        return;
    }
    const auto asked = std::make_shared<question>();
    questions_.insert_or_assign(organization.id, asked);
    asked->about = organization;
    asked->waiting.push_back(std::move(done));
    auto read = read_token(world_.secrets, organization.api_key);
    const auto* error = std::get_if<ports::secret_error>(&read);
    asked->found.secret = core::examine_secret(organization, error ? error->message : "");
    if (auto* value = std::get_if<core::secret>(&read))
        asked->api_key = std::move(*value);
    world_.cloud.examine([this, asked](const core::way& found) {
        asked->found.cloud = core::examine_cloud_way(found, world_.clock.now().wall);
        ask_cloud(asked);
    });
}

void cloud_examiner::ask_cloud(const std::shared_ptr<question>& asked) {
    auto& lines = asked->found.cloud;
    auto before = lines;
    before.push_back(asked->found.secret);
    if (auto skipped = core::prevented("api_key", before)) {
        lines.push_back(std::move(*skipped));
        return end(*asked);
    }
    if (asking_)
        asking_(asked->about.id);
    world_.cloud.read_organization(asked->about, asked->api_key, [this, asked](core::exchange seen) {
        world_.metrics.request_ended(ports::endpoint::organization, seen);
        asked->found.cloud.push_back(core::examine_api_key(without_secret(std::move(seen), asked->api_key)));
        end(*asked);
    });
}

void cloud_examiner::end(question& asked) {
    asked.api_key = {};
    asked.good_until = world_.clock.now().steady + (is_good(asked.found) ? good_lasts : bad_lasts);
    for (const auto& done : std::exchange(asked.waiting, {}))
        done(asked.found);
}

}  // namespace tunnelkeyd::app
