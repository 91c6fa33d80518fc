#include "simulator/world.hpp"

#include "simulator/cloud_calls.hpp"
#include "simulator/instance_calls.hpp"
#include "simulator/random_text.hpp"

namespace tunnelkeyd::simulator {

world::world()
    : tunnels(random_key),
      now([] { return std::chrono::floor<core::duration>(std::chrono::system_clock::now()); }),
      uniform(random_uniform) {
}

route world::route_of(side to, const request& asked) {
    return to == side::cloud ? route_to_cloud(tunnels, asked) : route_to_instance(tunnels, asked);
}

reply world::perform(const route& to, const request& asked) {
    reply answer = to.to == side::cloud ? answer_as_cloud(tunnels, asked, now())
                                        : answer_as_instance(tunnels, asked, now());
    requests.applied(to);
    return answer;
}

}  // namespace tunnelkeyd::simulator
