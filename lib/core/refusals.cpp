#include "core/refusals.hpp"

#include <utility>

namespace tunnelkeyd::core {

refusal ending() {
    return {
        "ending", "the daemon is ending, and begins nothing more", "ask again once it has started again", {}};
}

refusal unknown_tunnel(const std::string& name, std::string listed_by) {
    return {"unknown_tunnel", "there is no tunnel \"" + name + "\"", std::move(listed_by), {}};
}

refusal ambiguous_tunnel(const std::string& name, const std::string& shown_by) {
    return {"ambiguous_tunnel",
            "several tunnels go by \"" + name + "\"",
            "ask for one of them by its hostname, as `" + shown_by + "` shows it",
            {}};
}

}  // namespace tunnelkeyd::core
